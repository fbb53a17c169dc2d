// The retained buffer as the page sees it: records, listeners, export, and one console line per span.

import { crate, output } from './bridge.ts';
import { type OtlpAttributes, type OtlpSpan, type OtlpValue, readSpans, toJson } from './otlp.ts';
import { guard, ON, state } from './state.ts';
import type { Attributes, AttributeValue, SpanRecord } from './types.d.ts';

const KINDS = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUSES = ['unset', 'ok', 'error'] as const;

let serviceName = '';
let listeners: ((span: SpanRecord) => void)[] = [];

export function setServiceName(name: string): void {
  serviceName = name;
  if (listeners.length) guard(() => crate.listen(1), undefined);
}

function value(otlp: OtlpValue): AttributeValue {
  if (otlp.arrayValue) return (otlp.arrayValue.values ?? []).map(value) as AttributeValue;
  const number = otlp.intValue ?? otlp.doubleValue;
  if (number !== undefined) return Number(number);
  return otlp.stringValue ?? otlp.boolValue ?? '';
}

function attributes(owner: OtlpAttributes): Attributes {
  return Object.fromEntries(
    (owner.attributes ?? []).map(({ key, value: otlp }) => [key, value(otlp)]),
  );
}

function record(span: OtlpSpan): SpanRecord {
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

function read(unseen: boolean): SpanRecord[] {
  if (state !== ON) return [];
  return readSpans(output(() => crate.retained(unseen ? 1 : 0))).map(record);
}

export function bufferedSpans(): SpanRecord[] {
  return read(false);
}

export function clearBuffer(): void {
  if (state === ON) guard(() => crate.clearRetained(), undefined);
}

export function exportBuffer(format?: 'json'): string;
export function exportBuffer(format: 'protobuf'): Uint8Array;
export function exportBuffer(format?: 'json' | 'protobuf'): string | Uint8Array {
  const bytes = state === ON ? output(() => crate.exportRetained()) : new Uint8Array();
  if (format === 'protobuf') return bytes;
  return bytes.length ? toJson(bytes) : '{"resourceSpans":[]}';
}

export function onSpanEnd(listener: (span: SpanRecord) => void): () => void {
  // Wrapped, so that the same function added twice is removed once.
  const entry = (span: SpanRecord) => listener(span);
  listeners = [...listeners, entry];
  if (state === ON) guard(() => crate.listen(1), undefined);
  return () => {
    listeners = listeners.filter((other) => other !== entry);
    if (state === ON && listeners.length === 0) guard(() => crate.listen(0), undefined);
  };
}

/** Calls the listeners with spans that ended since the last time. Their exceptions are reported as the page's own. */
export function deliverReports(): void {
  for (const span of read(true)) {
    for (const listener of listeners) {
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

let removeConsole: (() => void) | undefined;

/** One line for each ended span: name, duration, trace. */
export function setConsole(on: boolean): void {
  removeConsole?.();
  removeConsole = on
    ? onSpanEnd((span) => {
        const ms = Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6;
        const failed = span.status.code === 'error' ? ' failed' : '';
        console.info(
          `tracelink: ${span.name} ${ms.toFixed(1)} ms${failed} [${span.traceId}]`,
          span.attributes,
        );
      })
    : undefined;
}
