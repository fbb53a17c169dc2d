// tracedFetch is fetch with bodies that are streams too, and over HTTP/2.
import { compareInEveryBrowser } from './support/compare.mjs';

compareInEveryBrowser({
  api: 'fetch',
  secure: true,
  topics: ['streams'],
  ways: ['traced'],
  least: 15,
  states: {
    off: {},
    starting: {},
    on: { options: { tracePropagationTargets: [{ not: '/redirect' }] }, addsHeaders: true },
  },
});
