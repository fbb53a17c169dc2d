// tracelink as a page uses it, redaction and limits on; only the network is taken away.

import { startSpan, stats } from 'tracelink';
import { swallow } from '../network.js';
import { bytesOf, start } from '../tracelink.js';
import { offer } from './round.js';
import { attributes, NAME, SPANS, setEach } from './workload.js';

const NOT_SAMPLED = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';

await start();
swallow();
offer({
  begin: () => startSpan('parent'),
  variants: {
    options: (parent) => (index) => {
      parent.child(NAME, { attributes: attributes(index) }).end();
    },
    setters: (parent) => (index) => {
      const span = parent.child(NAME);
      setEach(span, index);
      span.end();
    },
  },
  unsent: {
    // Of a trace that its sender does not record: with the attributes that a recorded one would have.
    unsampled() {
      const parent = startSpan('parent', { parent: { traceparent: NOT_SAMPLED } });
      const before = stats();
      const make = (index) => {
        parent.child(NAME, { attributes: attributes(index) }).end();
      };
      make(0);
      const { started, notSampled } = stats();
      if (started > before.started || notSampled !== before.notSampled + 1)
        throw new Error('an unsampled span is recorded');
      return make;
    },
  },
  bytes: () => bytesOf(SPANS),
});
