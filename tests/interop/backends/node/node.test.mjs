// The example backends on Node: their spans and the page's are one tree.

import { holdsFor } from '../harness/scenarios.mjs';
import { startSentrySink } from '../harness/sentry-sink.mjs';

const node = (name) => ({
  name,
  command: process.execPath,
  args: [`examples/backends/${name}/server.mjs`],
});

const LOAD = `
GET [orders]
  documentLoad [orders-page]`;

const CANCEL = `
click cancel [orders-page]
  send order.cancelled [orders]
    process HOST/updates [orders-page]
      ui.update [orders-page]`;

const openTelemetry = (name, destination, more) => ({
  ...node(name),
  unsampled: { OTEL_TRACES_SAMPLER: 'parentbased_always_off' },
  trees: {
    order: `
click order [orders-page]
  POST [orders-page]
    POST [orders]
      send order.placed [orders]
        process HOST${destination} [orders-page]
          ui.update [orders-page]`,
    load: LOAD,
    ...more,
  },
});

const webSocket = openTelemetry('opentelemetry-node', '/updates', { cancel: CANCEL });
const events = { ...openTelemetry('server-sent-events', '/events'), updates: 'events' };
const sentry = {
  ...node('sentry-node'),
  startSink: startSentrySink,
  unsampled: { SENTRY_TRACES_SAMPLE_RATE: '0' },
  trees: {
    // Sentry's SDK adds a span for each of Express's handlers.
    order: `
click order [orders-page]
  POST [orders-page]
    POST /api/orders [orders]
      /api/orders [orders]
        send order.placed [orders]
          process HOST/updates [orders-page]
            ui.update [orders-page]
      corsMiddleware [orders]
      jsonParser [orders]`,
    cancel: CANCEL,
    load: `
GET [orders]
  Request handler [orders]
    documentLoad [orders-page]`,
  },
};
holdsFor(webSocket, events, sentry);
