// Server-sent events from Node with OpenTelemetry: the page's spans and the backend's are one tree.
import { holdsFor } from '../harness/scenarios.mjs';

holdsFor({
  name: 'server-sent-events',
  command: process.execPath,
  args: ['examples/backends/server-sent-events/server.mjs'],
  unsampled: { OTEL_TRACES_SAMPLER: 'parentbased_always_off' },
  trees: {
    order: `
click order [orders-page]
  POST [orders-page]
    POST [orders]
      send order.placed [orders]
        process HOST/events [orders-page]
          ui.update [orders-page]`,
    load: `
GET [orders]
  documentLoad [orders-page]
    documentFetch [orders-page]
    resourceFetch [orders-page]
    resourceFetch [orders-page]`,
  },
});
