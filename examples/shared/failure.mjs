// How a span tells that its work failed.
import { SpanStatusCode } from '@opentelemetry/api';

/**
 * @param {import('@opentelemetry/api').Span} span
 * @param {any} error
 */
export function recordFailure(span, error) {
  span.recordException(error);
  span.setAttribute('error.type', error.code ?? error.name);
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
}
