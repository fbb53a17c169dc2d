// The load: batches of 512 spans, 32 traces of 16 in four services. One batch is encoded once; each that is sent is a copy
// in which ids, times and one attribute are written anew, so that making the load costs next to nothing beside storing it.
import { resourceSpans, span } from './protobuf.mjs';

export const TRACES = 32;
const DEPTH = 16;
export const SPANS = TRACES * DEPTH;

/** Where the trace of one batch differs from the same trace of the next. */
const ORDER_DIGITS = 8;

const SERVICES = ['shop', 'api', 'orders', 'storage'];
/** Service, kind (3 client, 2 server, 1 internal) and parent of each span of a trace; times are shares of the whole. */
const SHAPE = Array.from({ length: DEPTH }, (_, at) => ({
  service: Math.floor(at / 4),
  kind: at % 4 === 0 && at > 0 ? 2 : at % 4 === 3 ? 3 : 1,
  parent: at === 0 ? undefined : at % 4 === 3 ? at - 2 : at - 1,
}));

const traceMark = (trace) => Buffer.from(`traceid-${String(trace).padStart(8, '0')}`);
const spanMark = (trace, at) =>
  Buffer.from(`s${String(trace).padStart(3, '0')}-${String(at).padStart(3, '0')}`);

function template() {
  const services = SERVICES.map(() => []);
  for (let trace = 0; trace < TRACES; trace++) {
    for (const [at, { service, kind, parent }] of SHAPE.entries()) {
      services[service].push(
        span({
          traceId: traceMark(trace),
          spanId: spanMark(trace, at),
          parentId: parent === undefined ? undefined : spanMark(trace, parent),
          name:
            kind === 3
              ? `SELECT orders.${trace % 8}`
              : `${SERVICES[service]} step ${at} of route ${trace % 8}`,
          kind,
          start: 0n,
          end: 0n,
          attributes: [
            ['http.request.method', 'POST'],
            ['url.path', `/api/orders/route-${trace % 8}`],
            ['http.response.status_code', 200],
            ['server.address', 'shop.example'],
            ['order.id', `${traceMark(trace)}`.slice(-ORDER_DIGITS)],
          ],
          error: trace === 7 && at === 15 ? 'no stock' : undefined,
        }),
      );
    }
  }
  return Buffer.concat(SERVICES.map((name, at) => resourceSpans(name, services[at])));
}

/** All places of a mark. */
function places(batch, mark) {
  const found = [];
  for (let at = batch.indexOf(mark); at >= 0; at = batch.indexOf(mark, at + 1)) found.push(at);
  return found;
}

/** Where the spans of each trace have their ids and times. */
function layout(batch) {
  return Array.from({ length: TRACES }, (_, trace) => {
    const spans = SHAPE.map((_, at) => {
      const mark = spanMark(trace, at);
      // Field 2 of a span: its own id, and behind its name and kind the two times.
      const own = places(batch, Buffer.concat([Buffer.from([0x12, 8]), mark]))[0] + 2;
      const times = batch.indexOf(Buffer.from([0x39, 0, 0, 0, 0, 0, 0, 0, 0, 0x41]), own);
      return { at, start: times + 1, end: times + 10 };
    });
    const order = traceMark(trace).subarray(-ORDER_DIGITS);
    const orders = places(batch, Buffer.concat([Buffer.from([0x0a, ORDER_DIGITS]), order]));
    const spanIds = SHAPE.map((_, at) => places(batch, spanMark(trace, at)));
    return {
      ids: places(batch, traceMark(trace)),
      spanIds,
      spans,
      orders: orders.map((at) => at + 2),
    };
  });
}

/** The id of a trace by the number of its batch; as text for reads. */
export function traceIdOf(batch, trace) {
  const id = Buffer.alloc(16, 0xab);
  id.writeUInt32BE(batch, 0);
  id.writeUInt32BE(trace + 1, 12);
  return id.toString('hex');
}

/** The attribute by which one trace is found. */
export const orderOf = (batch, trace) =>
  String(batch * TRACES + trace)
    .padStart(ORDER_DIGITS, '0')
    .slice(-ORDER_DIGITS);

/** Makes batches: `make(number, startMs)` is the body of a request. */
export function batches() {
  const original = template();
  const traces = layout(original);
  return (number, startMs) => {
    const batch = Buffer.from(original);
    for (const [trace, { ids, spanIds, spans, orders }] of traces.entries()) {
      const id = Buffer.from(traceIdOf(number, trace), 'hex');
      for (const at of ids) id.copy(batch, at);
      // Every span of the load has an id of its own, as from SDKs: there are stores that tell spans apart by it alone.
      for (const [index, places] of spanIds.entries()) {
        for (const at of places) {
          batch.writeUInt32BE(number, at);
          batch.writeUInt32BE(trace * DEPTH + index + 1, at + 4);
        }
      }
      for (const at of orders) batch.write(orderOf(number, trace), at, 'latin1');
      const begin = BigInt(startMs * 1000 + trace) * 1000n;
      const length = 40_000_000 + ((number * 37 + trace * 11) % 100) * 1_000_000;
      for (const { at, start, end } of spans) {
        const from = Math.floor((length * at) / (2 * DEPTH));
        batch.writeBigUInt64LE(begin + BigInt(from), start);
        batch.writeBigUInt64LE(begin + BigInt(length - from), end);
      }
    }
    return batch;
  };
}
