// tracedFetch: headers of both families, and a client span that ends by the browser's own timing.

import { flush, stats, tracedFetch } from 'tracelink';
import { start } from '../tracelink.js';
import { offer } from './round.js';

await start();
offer(
  (url) => fetch(url),
  (url) => tracedFetch(url),
  async () => {
    const { open } = stats();
    await flush();
    if (open) throw new Error(`${open} requests have no end`);
  },
);
