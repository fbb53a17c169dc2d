// tracedFetch is fetch: the same observations in every case and in every state, and the native effect exactly once.
import { compareInEveryBrowser, recordedOf } from './support/compare.mjs';

/** A header added to a request that ends at another origin changes it: the contract's own example for `not`. */
const tracePropagationTargets = [{ not: '/redirect' }];

/** The promise that comes back is derived by one `then`: what is called off at once is heard of one microtask later. */
const oneMicrotaskLater = ([first, second, ...rest], state) =>
  state === 'off' ? [first, second, ...rest] : [second, first, ...rest];

/** What each state has code of its own for. */
const USUAL = ['aborts', 'rejections', 'replaced', 'order', 'shared'];

compareInEveryBrowser({
  api: 'fetch',
  topics: [
    'arguments',
    'refused',
    'aborts',
    'rejections',
    'responses',
    'redirects',
    'origins',
    'properties',
    'bodies',
    'headers',
    'schemes',
    'replaced',
    'order',
    'shared',
  ],
  ways: ['traced'],
  recorded: recordedOf('fetch_transparency.json'),
  least: 300,
  differs: {
    traced: {
      'called off before': oneMicrotaskLater,
      'called off while it waits': oneMicrotaskLater,
    },
  },
  states: {
    off: { only: USUAL },
    starting: { only: USUAL },
    on: { options: { tracePropagationTargets }, addsHeaders: true },
    'not sampled': {
      options: { tracePropagationTargets, sampleRate: 0 },
      addsHeaders: true,
      only: USUAL,
    },
  },
});
