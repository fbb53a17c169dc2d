// axum with OpenTelemetry: its spans and the page's are one tree.
import { join } from 'node:path';
import { cargoTarget } from '../../../scripts/lib/paths.mjs';
import { holdsFor } from './harness/scenarios.mjs';

holdsFor({
  name: 'axum',
  command: join(cargoTarget, 'debug', 'axum-orders'),
  args: [],
  updates: 'one-way',
  unsampled: { OTEL_TRACES_SAMPLER: 'parentbased_always_off' },
  trees: {
    order: `
click order [orders-page]
  POST [orders-page]
    POST /api/orders [orders]
      send order.placed [orders]
        process HOST/updates [orders-page]
          ui.update [orders-page]`,
    load: `
GET / [orders]
  documentLoad [orders-page]`,
  },
});
