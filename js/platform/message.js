// Messages of the page: as text for the crate's scanner, its contexts as objects, carriers written back.
// Whatever the page put into a message, nothing here throws and nothing takes long.

const encoder = new TextEncoder();

const CARRIERS = ['traceparent', 'tracestate', 'baggage', 'sentry-trace', 'trace'];
const PLACES = ['_sentry', '_trace', 'metadata', 'meta'];
const BATCHES = ['updates', 'events', 'messages'];

/** As many elements of a batch as the crate looks at. */
const MOST_ELEMENTS = 10000;
/** Longer carriers than this are over every limit; longer messages than that carry no context worth their reading. */
const MOST_CARRIER = 9000;
const MOST_TEXT = 16777216;
/** Names of `headers` that are looked at, since they have no case. */
const MOST_HEADERS = 200;

/**
 * An own property; undefined when it is not there or does not want to be read.
 * @param {any} object
 * @param {string | number} name
 */
function own(object, name) {
  try {
    return Object.hasOwn(object, name) ? object[name] : undefined;
  } catch {
    return undefined;
  }
}

/** @param {unknown} value */
const isObject = (value) => typeof value === 'object' && value !== null;

/**
 * Copies the carriers that an object holds itself.
 * @param {any} source
 * @param {string[]} names
 * @param {Record<string, unknown>} copy
 */
function copyCarriers(source, names, copy) {
  for (const name of names) {
    const value = own(source, name);
    if (typeof value === 'string') copy[name] = value.slice(0, MOST_CARRIER);
  }
  return copy;
}

/** @param {any} headers */
function copyHeaders(headers) {
  if (!(headers instanceof Headers)) {
    const names = Object.keys(headers).slice(0, MOST_HEADERS);
    return copyCarriers(
      headers,
      names.filter((name) => CARRIERS.includes(name.toLowerCase())),
      {},
    );
  }
  /** @type {Record<string, unknown>} */
  const copy = {};
  for (const name of CARRIERS) copy[name] = headers.get(name)?.slice(0, MOST_CARRIER);
  return copy;
}

/**
 * What matters of a message object.
 * @param {any} message
 */
function copyMessage(message) {
  const copy = copyCarriers(message, CARRIERS, {});
  for (const name of PLACES) {
    const place = own(message, name);
    if (isObject(place)) copy[name] = copyCarriers(place, CARRIERS, {});
  }
  const headers = own(message, 'headers');
  if (isObject(headers)) copy.headers = copyHeaders(headers);
  return copy;
}

/** @param {any} list */
function copyBatch(list) {
  const copy = [];
  const length = Math.min(list.length, MOST_ELEMENTS);
  for (let at = 0; at < length; at++) {
    const element = own(list, at);
    copy.push(isObject(element) && !Array.isArray(element) ? copyMessage(element) : 0);
  }
  return copy;
}

/**
 * JSON that says of an object's carriers what the object says.
 * @param {any} message
 */
function describe(message) {
  if (Array.isArray(message)) return JSON.stringify(copyBatch(message));
  const copy = copyMessage(message);
  for (const name of BATCHES) {
    const list = own(message, name);
    if (Array.isArray(list)) copy[name] = copyBatch(list);
  }
  return JSON.stringify(copy);
}

/**
 * Whether text may hold a context. Names in `headers` may be in capitals.
 * @param {string} text
 */
function mayCarry(text) {
  return (
    text.includes('trace') ||
    text.includes('\\u') ||
    (text.includes('headers') && /trace/i.test(text))
  );
}

/**
 * What a message says: the data of an event, else itself.
 * @param {any} message
 */
export function dataOf(message) {
  try {
    return message instanceof MessageEvent ? message.data : message;
  } catch {
    return undefined;
  }
}

/** Text that has as many bytes as characters, in steps that engines compare at once: for most, this spares encoding it. */
const ASCII = /^(?:[\0-\x7f][\0-\x7f][\0-\x7f][\0-\x7f])*[\0-\x7f]?[\0-\x7f]?[\0-\x7f]?$/;

/**
 * Bytes of a message; -1: it is no text or bytes, or text so long that counting takes time.
 * @param {any} data
 */
export function sizeOf(data) {
  try {
    if (typeof data === 'string') {
      if (ASCII.test(data)) return data.length;
      return data.length <= MOST_TEXT ? encoder.encode(data).length : -1;
    }
    if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return data.byteLength;
    if (data instanceof Blob) return data.size;
  } catch {
    // A proxy that does not want to be asked.
  }
  return -1;
}

/**
 * A message as the crate can scan it: text that may carry something, or bytes; undefined when there is nothing to scan.
 * @param {any} message
 * @returns {string | Uint8Array | undefined}
 */
export function textOf(message) {
  try {
    const data = dataOf(message);
    if (typeof data === 'string')
      return data.length <= MOST_TEXT && mayCarry(data) ? data : undefined;
    if (!isObject(data) || data instanceof Blob) return undefined;
    let bytes;
    if (ArrayBuffer.isView(data))
      bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    else if (data instanceof ArrayBuffer) bytes = new Uint8Array(data);
    if (bytes) return bytes.length <= MOST_TEXT ? bytes : undefined;
    const text = describe(data);
    return text.length <= MOST_TEXT && mayCarry(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Copies what `textOf` gave. Returns its length, or minus the room that it needs.
 * @param {string | Uint8Array | undefined} text
 * @param {Uint8Array} out
 */
export function copyText(text, out) {
  if (text === undefined) return 0;
  const { length } = text;
  if (length > out.length) return -length;
  if (typeof text !== 'string') {
    out.set(text);
    return length;
  }
  const { read, written } = encoder.encodeInto(text, out);
  return read < length ? -3 * length : written;
}

/**
 * A context as the page sees it.
 * @param {string[]} described as the crate's `contextAt` does
 */
export function messageContext([traceparent, tracestate, baggage, flags]) {
  return {
    traceId: traceparent.slice(3, 35),
    spanId: traceparent.slice(36, 52),
    // The bit above the four of flags: the sender left the decision open.
    sampled: flags.charCodeAt(0) < 64 ? Number(traceparent[54]) % 2 === 1 : undefined,
    traceparent,
    ...(tracestate && { tracestate }),
    ...(baggage && { baggage }),
    source: flags[1] === 'w' ? 'w3c' : 'sentry',
  };
}

/**
 * Writes `traceparent`, `tracestate`, `baggage`, `sentry-trace` at the top of an object, all or none.
 * @param {any} message
 * @param {string[]} carriers
 */
export function writeCarriers(message, [traceparent, tracestate, baggage, sentryTrace]) {
  try {
    if (!isObject(message) || !Object.isExtensible(message)) return;
    /** @type {Record<string, unknown>} */
    const fields = {};
    if (traceparent) fields.traceparent = traceparent;
    if (tracestate) fields.tracestate = tracestate;
    if (baggage) fields.baggage = baggage;
    if (sentryTrace) {
      fields['sentry-trace'] = sentryTrace;
      fields._sentry = { trace: sentryTrace, ...(baggage && { baggage }) };
    }
    Object.assign(message, fields);
  } catch {
    // A setter or a proxy that does not want them.
  }
}
