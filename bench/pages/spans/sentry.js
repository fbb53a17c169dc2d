// Sentry's browser SDK as `init` sets it up, with a transport that ends where the envelope is serialised.

import * as Sentry from '@sentry/browser';
import { offer } from './round.js';
import { attributes, NAME, SPANS, setEach } from './workload.js';

let size = 0;
Sentry.init({
  dsn: 'https://public@sentry.invalid/1',
  tracesSampleRate: 1,
  transport: (options) =>
    Sentry.createTransport(options, async ({ body }) => {
      size += body.length;
      return { statusCode: 200 };
    }),
  integrations: [Sentry.spanStreamingIntegration()],
});

const start = (parentSpan, attributes) =>
  Sentry.startInactiveSpan({ name: NAME, op: 'http.client', parentSpan, attributes });

offer({
  begin: () => Sentry.startInactiveSpan({ name: 'parent', forceTransaction: true }),
  variants: {
    options: (parent) => (index) => start(parent, attributes(index)).end(),
    setters: (parent) => (index) => {
      const span = start(parent);
      setEach(span, index);
      span.end();
    },
  },
  bytes() {
    size = 0;
    const flushed = Sentry.flush();
    const now = size;
    return flushed.then(() => {
      if (size !== now || size < SPANS * 100)
        throw new Error(`${now} of ${size} bytes were made while the clock ran`);
      return size;
    });
  },
});
