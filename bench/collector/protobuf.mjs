// Writes the few protobuf messages of an OTLP request that the load needs.

const varint = (number) => {
  const bytes = [];
  let rest = BigInt(number);
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
};

const bytes = (field, value) => {
  const body = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([varint((field << 3) | 2), varint(body.length), body]);
};
const number = (field, value) => Buffer.concat([varint(field << 3), varint(value)]);
const fixed64 = (field, value) => {
  const body = Buffer.alloc(8);
  body.writeBigUInt64LE(value);
  return Buffer.concat([varint((field << 3) | 1), body]);
};
const message = (field, ...parts) => bytes(field, Buffer.concat(parts));

const attribute = (field, [key, value]) =>
  message(
    field,
    bytes(1, key),
    message(2, typeof value === 'number' ? number(3, value) : bytes(1, value)),
  );

/** A span with ids as buffers, times in nanoseconds and attributes as pairs. */
export const span = ({ traceId, spanId, parentId, name, kind, start, end, attributes, error }) =>
  message(
    2,
    bytes(1, traceId),
    bytes(2, spanId),
    ...(parentId ? [bytes(4, parentId)] : []),
    bytes(5, name),
    number(6, kind),
    fixed64(7, start),
    fixed64(8, end),
    ...attributes.map((pair) => attribute(9, pair)),
    ...(error ? [message(15, bytes(2, error), number(3, 2))] : []),
  );

/** The spans of one service. */
export const resourceSpans = (service, spans) =>
  message(
    1,
    message(
      1,
      attribute(1, ['service.name', service]),
      attribute(1, ['telemetry.sdk.language', 'nodejs']),
    ),
    message(2, message(1, bytes(1, 'bench'), bytes(2, '1.0.0')), ...spans),
  );
