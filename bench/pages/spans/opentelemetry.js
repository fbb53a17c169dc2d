// OpenTelemetry JS with one of its serialisers. It has no redaction, so it does less than tracelink here.

import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { start, take } from '../opentelemetry.js';
import { offer } from './round.js';
import { attributes, NAME, SPANS, setEach } from './workload.js';

export function offerWith(serializer) {
  const tracer = start();
  offer({
    begin: () => trace.setSpan(ROOT_CONTEXT, tracer.startSpan('parent')),
    variants: {
      options: (parent) => (index) => {
        tracer.startSpan(NAME, { attributes: attributes(index) }, parent).end();
      },
      setters: (parent) => (index) => {
        const span = tracer.startSpan(NAME, undefined, parent);
        setEach(span, index);
        span.end();
      },
    },
    bytes() {
      const spans = take();
      if (spans.length !== SPANS) throw new Error(`${spans.length} spans ended`);
      return serializer.serializeRequest(spans).length;
    },
  });
}
