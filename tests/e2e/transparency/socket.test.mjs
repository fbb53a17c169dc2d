// A traced socket is a socket: the same observations in every case and in every state.
import { compareInEveryBrowser, recordedOf } from './support/compare.mjs';

/** They stand on the socket itself, and are not enumerable. */
const OWN = ['addEventListener', 'onmessage', 'removeEventListener'];

const differs = {
  'own properties': () => [[OWN]],
  'properties, in a loop': ([[names], ...rest]) => [
    [names.filter((name) => !OWN.includes(name))],
    ...rest,
  ],
};

/** What each state has code of its own for. */
const USUAL = ['shape', 'listeners', 'dispatch', 'shared'];

compareInEveryBrowser({
  api: 'socket',
  topics: [
    'construct',
    'shape',
    'listeners',
    'handlers',
    'dispatch',
    'data',
    'closing',
    'realms',
    'shared',
  ],
  ways: ['traced', 'later'],
  recorded: recordedOf('websocket_transparency.json'),
  least: 200,
  differs: {
    // The contract lets tracedWebSocket be called without new.
    traced: { ...differs, 'call-without-new': () => [['result', 'no throw']] },
    later: differs,
  },
  states: { off: { only: USUAL }, starting: { only: USUAL }, on: {} },
});
