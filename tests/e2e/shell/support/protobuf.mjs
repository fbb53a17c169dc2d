// Reads an OTLP request into objects, independently of the package's own reader: field numbers from opentelemetry-proto.

/** Fields of a message as [number, wire type, value]: bigint for numbers, bytes for the rest. */
function* fields(bytes) {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length) throw new Error('varint runs over the end');
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
  };
  const take = (length) => {
    if (at + length > bytes.length) throw new Error('field runs over the end');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    if (wire === 0) yield [tag >> 3, wire, varint()];
    else if (wire === 1) yield [tag >> 3, wire, take(8)];
    else if (wire === 2) yield [tag >> 3, wire, take(Number(varint()))];
    else if (wire === 5) yield [tag >> 3, wire, take(4)];
    else throw new Error(`wire type ${wire}`);
  }
}

const text = (bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes);
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const fixed = (bytes) => Buffer.from(bytes).readBigUInt64LE().toString();
const number = Number;

function anyValue(bytes) {
  for (const [field, , value] of fields(bytes)) {
    if (field === 1) return text(value);
    if (field === 2) return value === 1n;
    if (field === 3) return Number(BigInt.asIntN(64, value));
    if (field === 4) return Buffer.from(value).readDoubleLE();
    if (field === 5) return [...fields(value)].map(([, , item]) => anyValue(item));
  }
  return undefined;
}

function attribute(bytes) {
  const parts = Object.fromEntries([...fields(bytes)].map(([field, , value]) => [field, value]));
  return [text(parts[1]), parts[2] && anyValue(parts[2])];
}

/** A reader of messages from a table of [field, name, reader, repeated?]. Attributes become one object. */
function message(table) {
  return (bytes) => {
    const result = {};
    for (const [, name, , many] of table) if (many) result[name] = [];
    for (const [field, , value] of fields(bytes)) {
      const known = table.find(([wanted]) => wanted === field);
      if (!known) throw new Error(`unknown field ${field}`);
      const [, name, read, many] = known;
      if (many) result[name].push(read(value));
      else result[name] = read(value);
    }
    if (!result.attributes) return result;
    const keys = result.attributes.map(([key]) => key);
    if (new Set(keys).size < keys.length) throw new Error(`a key stands twice in ${keys}`);
    return { ...result, attributes: Object.fromEntries(result.attributes) };
  };
}

const MANY = true;
const attributes = (field) => [field, 'attributes', attribute, MANY];
const event = message([
  [1, 'timeUnixNano', fixed],
  [2, 'name', text],
  attributes(3),
  [4, 'droppedAttributesCount', number],
]);
const link = message([
  [1, 'traceId', hex],
  [2, 'spanId', hex],
  [3, 'traceState', text],
  attributes(4),
  [5, 'droppedAttributesCount', number],
  [6, 'flags', (bytes) => Buffer.from(bytes).readUInt32LE()],
]);
const span = message([
  [1, 'traceId', hex],
  [2, 'spanId', hex],
  [3, 'traceState', text],
  [4, 'parentSpanId', hex],
  [5, 'name', text],
  [6, 'kind', number],
  [7, 'startTimeUnixNano', fixed],
  [8, 'endTimeUnixNano', fixed],
  attributes(9),
  [10, 'droppedAttributesCount', number],
  [11, 'events', event, MANY],
  [12, 'droppedEventsCount', number],
  [13, 'links', link, MANY],
  [14, 'droppedLinksCount', number],
  [
    15,
    'status',
    message([
      [2, 'message', text],
      [3, 'code', number],
    ]),
  ],
  [16, 'flags', (bytes) => Buffer.from(bytes).readUInt32LE()],
]);
const scopeSpans = message([
  [
    1,
    'scope',
    message([
      [1, 'name', text],
      [2, 'version', text],
    ]),
  ],
  [2, 'spans', span, MANY],
  [3, 'schemaUrl', text],
]);
const resourceSpans = message([
  [1, 'resource', message([attributes(1)])],
  [2, 'scopeSpans', scopeSpans, MANY],
  [3, 'schemaUrl', text],
]);

/** `ExportTraceServiceRequest` or `TracesData`. */
export const readRequest = message([[1, 'resourceSpans', resourceSpans, MANY]]);
