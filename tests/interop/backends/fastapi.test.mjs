// FastAPI with OpenTelemetry: its spans and the page's are one tree.
import { pythonProgram } from '../../../scripts/setup/python-packages.mjs';
import { holdsFor } from './harness/scenarios.mjs';

const UVICORN = '-m uvicorn --app-dir examples/backends/fastapi --port 0 server:app';

holdsFor({
  name: 'fastapi',
  // uvicorn says on standard error where it listens.
  command: 'sh',
  args: ['-c', 'exec "$0" "$@" 2>&1', pythonProgram('fastapi'), ...UVICORN.split(' ')],
  unsampled: { OTEL_TRACES_SAMPLER: 'parentbased_always_off' },
  trees: {
    order: `
click order [orders-page]
  POST [orders-page]
    POST /api/orders [orders]
      send order.placed [orders]
        process HOST/updates [orders-page]
          ui.update [orders-page]`,
    cancel: `
click cancel [orders-page]
  send order.cancelled [orders]
    process HOST/updates [orders-page]
      ui.update [orders-page]`,
    load: `
GET / [orders]
  documentLoad [orders-page]`,
  },
});
