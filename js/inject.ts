// Writes a span's context into headers, plain objects and messages.

import { crate, parts, putAll } from './bridge.ts';
import { CARRIERS } from './platform/message.js';
import type { Span } from './span.ts';
import { ON, state } from './state.ts';

/**
 * `traceparent`, `tracestate`, `baggage`, `sentry-trace` to write for a span; empty ones are not written. `existing` and
 * `bits`: the baggage and the other headers that are there already.
 */
export function carriersOf(span: Span, existing = '', bits = 0): string[] {
  const { _shared: trace, _s, _u } = span;
  if (state !== ON || !(_s || _u)) return [];
  const foreign = trace._foreign;
  const { _words, _flags } = trace;
  return parts(() => {
    const lengths = putAll(foreign?._tracestate ?? '', foreign?._baggage ?? '', existing);
    const [states, baggage, own] = lengths;
    const frozen = foreign ? 1 : 0;
    return crate.carriers(..._words, _s, _u, _flags, states, baggage, own, frozen, bits);
  });
}

/** Span.inject: into a plain object or Headers. What is there already is replaced: the caller asked for this span. */
export function writeCarriers<T extends object>(span: Span, carrier: T): T {
  const values = carriersOf(span);
  try {
    CARRIERS.forEach((name, index) => {
      const value = values[index];
      if (!value) return;
      if (carrier instanceof Headers) carrier.set(name, value);
      else (carrier as Record<string, unknown>)[name] = value;
    });
  } catch {
    // A frozen object stays as it is.
  }
  return carrier;
}
