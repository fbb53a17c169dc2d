// OpenTelemetry by hand: the context out of the parsed message, an active consumer span around the handler, its end.

import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { swallow } from '../network.js';
import { exporting, start } from '../opentelemetry.js';
import { offer } from './round.js';
import { handle } from './workload.js';

const processor = exporting(ProtobufTraceSerializer);
const tracer = start(processor);
swallow();

function traced(text) {
  const message = JSON.parse(text);
  const parent = propagation.extract(ROOT_CONTEXT, message);
  const options = {
    kind: SpanKind.CONSUMER,
    attributes: {
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'shop.example/prices',
    },
  };
  const span = tracer.startSpan('process shop.example/prices', options, parent);
  try {
    return context.with(trace.setSpan(parent, span), handle, undefined, message);
  } finally {
    span.end();
  }
}

offer({ traced }, () => processor.forceFlush());
