// The formats in which context travels: W3C Trace Context, W3C Baggage and Sentry's header.
import { isSpanContextValid, TraceFlags, trace } from '@opentelemetry/api';
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';

export const SENTRY_TRACE = 'sentry-trace';
const FORMAT = /^\s*([0-9a-f]{32})-([0-9a-f]{16})(?:-([01]))?\s*$/i;

/**
 * `sentry-trace` is read only where `traceparent` did not name a span already.
 * @type {import('@opentelemetry/api').TextMapPropagator}
 */
const sentry = {
  fields: () => [SENTRY_TRACE],

  inject(context, carrier, setter) {
    const own = trace.getSpanContext(context);
    if (!own || !isSpanContextValid(own)) return;
    const sampled = own.traceFlags & TraceFlags.SAMPLED;
    setter.set(carrier, SENTRY_TRACE, `${own.traceId}-${own.spanId}-${sampled}`);
  },

  extract(context, carrier, getter) {
    if (trace.getSpanContext(context)) return context;
    const header = getter.get(carrier, SENTRY_TRACE);
    const match = FORMAT.exec(String(header ?? ''));
    if (!match) return context;
    const [, traceId, spanId, sampled] = match;
    const remote = {
      traceId: traceId.toLowerCase(),
      spanId: spanId.toLowerCase(),
      // Without a decision the receiver takes one, and this one takes every trace.
      traceFlags: sampled === '0' ? TraceFlags.NONE : TraceFlags.SAMPLED,
      isRemote: true,
    };
    return isSpanContextValid(remote) ? trace.setSpanContext(context, remote) : context;
  },
};

export const propagator = new CompositePropagator({
  propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator(), sentry],
});
