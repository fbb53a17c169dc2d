// What reads ended spans: as records for the page and its listeners, as JSON, as lines of the console.

import { type OtlpAttributes, type OtlpSpan, type OtlpValue, readSpans } from './otlp.ts';
import type { Attributes, AttributeValue, SpanRecord } from './types.d.ts';

export { rejected, toJson } from './otlp.ts';

const KINDS = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUSES = ['unset', 'ok', 'error'] as const;

function value(otlp: OtlpValue): AttributeValue {
  if (otlp.arrayValue) return (otlp.arrayValue.values ?? []).map(value) as AttributeValue;
  const number = otlp.intValue ?? otlp.doubleValue;
  if (number !== undefined) return Number(number);
  return otlp.stringValue ?? otlp.boolValue ?? '';
}

/** Attributes as the page gave them. */
export function attributes(owner: OtlpAttributes): Attributes {
  return Object.fromEntries(
    (owner.attributes ?? []).map(({ key, value: otlp }) => [key, value(otlp)]),
  );
}

function record(span: OtlpSpan, serviceName: string): SpanRecord {
  const { traceId, spanId, parentSpanId, name, startTimeUnixNano, endTimeUnixNano, status } = span;
  return {
    traceId,
    spanId,
    ...(parentSpanId ? { parentSpanId } : {}),
    name,
    kind: KINDS[span.kind] ?? 'internal',
    serviceName,
    startTimeUnixNano,
    endTimeUnixNano,
    attributes: attributes(span),
    events: (span.events ?? []).map((event) => ({
      name: event.name,
      timeUnixNano: event.timeUnixNano,
      attributes: attributes(event),
    })),
    links: (span.links ?? []).map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: attributes(link),
    })),
    status: {
      code: STATUSES[status?.code ?? 0] ?? 'unset',
      ...(status?.message ? { message: status.message } : {}),
    },
  };
}

/** The records of spans that stand one after the other as `ScopeSpans.spans` fields. */
export function records(bytes: Uint8Array, serviceName: string): SpanRecord[] {
  return readSpans(bytes).map((span) => record(span, serviceName));
}

/** Prints each span, if that is wanted, and calls the listeners with it. Their exceptions are reported as the page's own. */
export function report(
  spans: SpanRecord[],
  listeners: () => ((span: SpanRecord) => void)[],
  toConsole: boolean,
): void {
  for (const span of spans) {
    if (toConsole) print(span);
    for (const listener of listeners()) {
      try {
        listener(span);
      } catch (error) {
        setTimeout(() => {
          throw error;
        });
      }
    }
  }
}

/** One line: name, duration, trace. */
function print(span: SpanRecord): void {
  const ms = Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6;
  const failed = span.status.code === 'error' ? ' failed' : '';
  console.info(
    `tracelink: ${span.name} ${ms.toFixed(1)} ms${failed} [${span.traceId}]`,
    span.attributes,
  );
}
