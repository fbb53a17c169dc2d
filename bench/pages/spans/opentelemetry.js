// OpenTelemetry JS with one of its serialisers. It has no redaction, so it does less than tracelink here.

import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { swallow, swallowed } from '../network.js';
import { exporting, start } from '../opentelemetry.js';
import { offer } from './round.js';
import { attributes, NAME, setEach } from './workload.js';

export function offerWith(serializer) {
  const processor = exporting(serializer);
  const tracer = start(processor);
  swallow();
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
    async bytes() {
      await processor.forceFlush();
      return swallowed().bytes;
    },
  });
}
