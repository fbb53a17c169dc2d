// tracelink as a page uses it, redaction and limits on; only the network is taken away.

import { startSpan } from 'tracelink';
import { swallow } from '../network.js';
import { bytesOf, start } from '../tracelink.js';
import { offer } from './round.js';
import { attributes, NAME, SPANS, setEach } from './workload.js';

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
  bytes: () => bytesOf(SPANS),
});
