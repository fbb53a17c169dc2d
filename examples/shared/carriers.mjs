// The trace context that one message carries: W3C fields and Sentry's, of the same span; and how it is read back.
import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import { propagator, SENTRY_TRACE } from './propagators.mjs';

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
  propagator.inject(context, fields, defaultTextMapSetter);
  const { traceparent, tracestate, baggage, [SENTRY_TRACE]: sentryTrace } = fields;
  if (!traceparent) return undefined;
  return {
    traceparent,
    ...(tracestate && { tracestate }),
    ...(baggage && { baggage }),
    _sentry: { trace: sentryTrace, ...(baggage && { baggage }) },
  };
}

/**
 * The context that a message carries; a new trace's when it carries none. Never the active one: a
 * socket's listeners run in whatever context the socket was opened.
 * @param {Record<string, any>} message
 */
export function contextOf({ traceparent, tracestate, baggage, _sentry }) {
  const fields = {
    traceparent,
    tracestate,
    baggage: baggage ?? _sentry?.baggage,
    [SENTRY_TRACE]: _sentry?.trace,
  };
  const texts = Object.entries(fields).filter(([, value]) => typeof value === 'string');
  return propagator.extract(ROOT_CONTEXT, Object.fromEntries(texts), defaultTextMapGetter);
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
