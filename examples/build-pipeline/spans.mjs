// Spans around the pipeline's work: ended in every case, failed when the work fails.
import { context, SpanKind, trace } from '@opentelemetry/api';
import { recordFailure } from '../shared/failure.mjs';

const tracer = trace.getTracer('examples.build-pipeline');

/**
 * @template T
 * @param {string} name
 * @param {{ kind?: SpanKind, attributes?: import('@opentelemetry/api').Attributes }} options
 * @param {(span: import('@opentelemetry/api').Span) => T | Promise<T>} work
 * @param {import('@opentelemetry/api').Context} [parent]
 * @returns {Promise<T>}
 */
export function inSpan(name, options, work, parent = context.active()) {
  return tracer.startActiveSpan(name, options, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      recordFailure(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/**
 * @param {'send' | 'process'} operation
 * @param {string} destination
 * @param {import('@opentelemetry/api').Attributes} attributes
 */
export function messaging(operation, destination, attributes) {
  return {
    kind: operation === 'send' ? SpanKind.PRODUCER : SpanKind.CONSUMER,
    attributes: {
      'messaging.system': 'websocket',
      'messaging.operation.type': operation,
      'messaging.operation.name': operation,
      'messaging.destination.name': destination,
      ...attributes,
    },
  };
}
