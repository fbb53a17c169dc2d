// The trace context that one update carries: W3C fields and Sentry's, of the same span.
import { defaultTextMapSetter, propagation, trace } from '@opentelemetry/api';
import { W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';

const w3c = new W3CTraceContextPropagator();
const w3cBaggage = new W3CBaggagePropagator();

/**
 * @typedef {{
 *   traceparent: string,
 *   tracestate?: string,
 *   baggage?: string,
 *   _sentry: { trace: string, baggage?: string },
 * }} Carriers
 */

/**
 * @param {import('@opentelemetry/api').Span} span the span that the receiver continues
 * @param {import('@opentelemetry/api').Context} parent the context it was started in
 * @param {string} environment
 * @returns {Carriers | undefined} undefined when tracing is off
 */
export function carriersOf(span, parent, environment) {
  const own = span.spanContext();
  const context = propagation.setBaggage(
    trace.setSpan(parent, span),
    sentryBaggage(own, propagation.getBaggage(parent), environment),
  );
  /** @type {Record<string, string>} */
  const fields = {};
  w3c.inject(context, fields, defaultTextMapSetter);
  w3cBaggage.inject(context, fields, defaultTextMapSetter);
  const { traceparent, tracestate, baggage } = fields;
  if (!traceparent) return undefined;
  return {
    traceparent,
    ...(tracestate && { tracestate }),
    ...(baggage && { baggage }),
    _sentry: {
      trace: `${own.traceId}-${own.spanId}-${own.traceFlags & 1}`,
      ...(baggage && { baggage }),
    },
  };
}

/**
 * Sentry's dynamic sampling context is set where the trace began and passed on unchanged. Other
 * members stay here: a broadcast reaches every page, and baggage may name a user.
 * @param {import('@opentelemetry/api').SpanContext} own
 * @param {import('@opentelemetry/api').Baggage | undefined} incoming
 * @param {string} environment
 */
function sentryBaggage(own, incoming, environment) {
  if (incoming?.getEntry('sentry-trace_id')?.value === own.traceId) {
    const members = incoming.getAllEntries().filter(([key]) => key.startsWith('sentry-'));
    return propagation.createBaggage(Object.fromEntries(members));
  }
  return propagation.createBaggage({
    'sentry-trace_id': { value: own.traceId },
    'sentry-sampled': { value: String((own.traceFlags & 1) === 1) },
    'sentry-environment': { value: environment },
  });
}
