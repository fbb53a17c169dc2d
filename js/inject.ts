// Writes a span's context into headers, plain objects and messages.

import { crate, parts, putAll } from './bridge.ts';
import { member } from './member.ts';
import { setCarriers } from './platform/message.js';
import type { Span } from './span.ts';

/** What may tell a trace apart in Sentry: no URL, nothing with parameters, no address. */
const TRANSACTION = /^[^/?=@]{1,200}$/;

/**
 * `traceparent`, `tracestate`, `baggage`, `sentry-trace` to write for a span; empty ones are not written. `existing` and
 * `bits`: the baggage and the other headers that are there already.
 */
export function carriersOf(span: Span, existing = '', bits = 0): string[] {
  const { _shared: trace, _s, _u } = span;
  if (!(_s || _u)) return [];
  const foreign = trace._foreign;
  const { _words, _flags, _name, _rate } = trace;
  return parts(() => {
    const [states, baggage, own, texts] = putAll(
      foreign?._tracestate ?? '',
      foreign?._baggage ?? '',
      existing,
      (TRANSACTION.test(_name as string) && member('transaction', _name)) || '',
    );
    const all = bits | (foreign?._frozen as number);
    return crate.carriers(
      ..._words,
      _s,
      _u,
      _flags,
      states,
      baggage,
      own,
      texts,
      all,
      _rate as number,
    );
  });
}

/** Span.inject: into a plain object or Headers. What is there already is replaced: the caller asked for this span. */
export function writeCarriers<T extends object>(span: Span, carrier: T): T {
  setCarriers(carrier, carriersOf(span));
  return carrier;
}
