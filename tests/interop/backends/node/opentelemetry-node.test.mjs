// Node with OpenTelemetry and a WebSocket: the page's spans and the backend's are one tree.
import { holdsFor } from '../harness/scenarios.mjs';

holdsFor({
  name: 'opentelemetry-node',
  command: process.execPath,
  args: ['examples/backends/opentelemetry-node/server.mjs'],
  unsampled: { OTEL_TRACES_SAMPLER: 'parentbased_always_off' },
  trees: {
    order: `
click order [orders-page]
  POST [orders-page]
    POST [orders]
      send order.placed [orders]
        process HOST/updates [orders-page]
          ui.update [orders-page]`,
    cancel: `
click cancel [orders-page]
  send order.cancelled [orders]
    process HOST/updates [orders-page]
      ui.update [orders-page]`,
    load: `
GET [orders]
  documentLoad [orders-page]
    documentFetch [orders-page]
    resourceFetch [orders-page]
    resourceFetch [orders-page]`,
  },
});
