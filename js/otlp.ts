// Reads OTLP protobuf into the objects of OTLP/JSON: for records, exports and the http/json protocol.
//
// In JavaScript, because it runs off the hot path and is a third of the size of the Rust reader after gzip.
// Source: opentelemetry-proto v1, and OTLP, "JSON Protobuf Encoding".

/** OTLP/JSON, as far as the page's own spans use it. */
export interface OtlpValue {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: string;
  doubleValue?: number | string;
  arrayValue?: { values?: OtlpValue[] };
}
export interface OtlpAttributes {
  attributes?: { key: string; value: OtlpValue }[];
}
export interface OtlpSpan extends OtlpAttributes {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  events?: ({ name: string; timeUnixNano: string } & OtlpAttributes)[];
  links?: ({ traceId: string; spanId: string } & OtlpAttributes)[];
  status?: { code?: number; message?: string };
}

type Form = 'text' | 'hex' | 'small' | 'bool' | 'int' | 'fixed' | 'double' | Message;
/** Fields by number: name, form, whether it repeats. */
interface Message {
  [number: number]: [name: string, form: Form, many?: 1];
}

const value: Message = {
  1: ['stringValue', 'text'],
  2: ['boolValue', 'bool'],
  3: ['intValue', 'int'],
  4: ['doubleValue', 'double'],
};
value[5] = ['arrayValue', { 1: ['values', value, 1] }];
const attribute: Message = { 1: ['key', 'text'], 2: ['value', value] };
const event: Message = {
  1: ['timeUnixNano', 'fixed'],
  2: ['name', 'text'],
  3: ['attributes', attribute, 1],
  4: ['droppedAttributesCount', 'small'],
};
const span: Message = {
  1: ['traceId', 'hex'],
  2: ['spanId', 'hex'],
  3: ['traceState', 'text'],
  4: ['parentSpanId', 'hex'],
  5: ['name', 'text'],
  6: ['kind', 'small'],
  7: ['startTimeUnixNano', 'fixed'],
  8: ['endTimeUnixNano', 'fixed'],
  9: ['attributes', attribute, 1],
  10: ['droppedAttributesCount', 'small'],
  11: ['events', event, 1],
  12: ['droppedEventsCount', 'small'],
  13: [
    'links',
    {
      1: ['traceId', 'hex'],
      2: ['spanId', 'hex'],
      3: ['traceState', 'text'],
      4: ['attributes', attribute, 1],
      5: ['droppedAttributesCount', 'small'],
      6: ['flags', 'small'],
    },
    1,
  ],
  14: ['droppedLinksCount', 'small'],
  15: ['status', { 2: ['message', 'text'], 3: ['code', 'small'] }],
  16: ['flags', 'small'],
};
const scopeSpans: Message = {
  1: ['scope', { 1: ['name', 'text'], 2: ['version', 'text'] }],
  2: ['spans', span, 1],
  3: ['schemaUrl', 'text'],
};
const traces: Message = {
  1: [
    'resourceSpans',
    {
      1: ['resource', { 1: ['attributes', attribute, 1] }],
      2: ['scopeSpans', scopeSpans, 1],
      3: ['schemaUrl', 'text'],
    },
    1,
  ],
};

const exportResponse: Message = { 1: ['partialSuccess', { 1: ['rejectedSpans', 'int'] }] };

const decoder = new TextDecoder();

function read(bytes: Uint8Array, message: Message): Record<string, unknown> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const result: Record<string, unknown> = {};
  let at = 0;
  const varint = (): bigint => {
    let sum = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      sum |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, sum);
    }
  };
  // Lists stand even when they are empty: strict readers want them.
  for (const [name, , many] of Object.values(message))
    if (many && name === 'values') result[name] = [];
  while (at < bytes.length) {
    const tag = Number(varint());
    const [name, form, many] = message[tag >> 3] ?? [];
    let item: unknown;
    switch (tag & 7) {
      case 0: {
        const number = varint();
        item = form === 'bool' ? number !== 0n : form === 'int' ? `${number}` : Number(number);
        break;
      }
      case 1: {
        const number = view.getFloat64(at, true);
        item = `${view.getBigUint64(at, true)}`;
        if (form === 'double') item = Number.isFinite(number) ? number : `${number}`;
        at += 8;
        break;
      }
      case 2: {
        const length = Number(varint());
        const part = bytes.subarray(at, at + length);
        at += length;
        if (form === 'hex')
          item = Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join('');
        else item = typeof form === 'object' ? read(part, form) : decoder.decode(part);
        break;
      }
      default:
        item = view.getUint32(at, true);
        at += 4;
    }
    if (!name) continue;
    if (many) {
      const list = (result[name] ?? []) as unknown[];
      list.push(item);
      result[name] = list;
    } else result[name] = item;
  }
  return result;
}

/** Spans that stand one after the other as `ScopeSpans.spans` fields. */
export function readSpans(bytes: Uint8Array): OtlpSpan[] {
  return (read(bytes, scopeSpans).spans ?? []) as OtlpSpan[];
}

/** Attributes that stand one after the other as `Span.Event.attributes` fields. */
export function readEvent(bytes: Uint8Array): OtlpAttributes {
  return read(bytes, event);
}

/** A request or `TracesData` as OTLP/JSON text. */
export function toJson(bytes: Uint8Array): string {
  return JSON.stringify(read(bytes, traces));
}

/** `rejected_spans` of an ExportTraceServiceResponse, in either form; 0 when there is none or it is something else. */
export function rejected(answer: Uint8Array): number {
  try {
    const response =
      answer[0] === 123
        ? JSON.parse(decoder.decode(answer))
        : (read(answer, exportResponse) as { partialSuccess?: { rejectedSpans?: string } });
    return Number(response.partialSuccess?.rejectedSpans) || 0;
  } catch {
    return 0;
  }
}
