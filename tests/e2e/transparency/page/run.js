// Runs topics of cases with the native API and with the traced one, in one page.
import * as t from '/dist/index.js';
import './probes.js';
import { observe } from './observe.js';

const Later = new Proxy(WebSocket, {
  construct: (target, args, made) =>
    t.traceWebSocket(t.traceWebSocket(Reflect.construct(target, args, made), { untraced: true })),
});

/** What each case is given, by the way in which it is run. */
const WAYS = {
  fetch: {
    native: { F: (...args) => fetch(...args) },
    traced: { F: t.tracedFetch },
  },
  socket: {
    native: { W: WebSocket },
    traced: { W: t.tracedWebSocket },
    later: { W: Later },
  },
};

/** Topic, case and way by name, each with its observations. */
export async function run(api, topics, ways, other) {
  const observed = {};
  for (const topic of topics) {
    const { cases, together } = await import(`/cases/${api}/${topic}.js`);
    observed[topic] = {};
    for (const way of ways) {
      const one = async ([name, program]) => {
        observed[topic][name] ??= {};
        observed[topic][name][way] = await observe(program, WAYS[api][way], other, !together);
      };
      const all = Object.entries(cases);
      if (together) await Promise.all(all.map(one));
      else for (const each of all) await one(each);
    }
  }
  return observed;
}

/** Goes to a state from any other. */
export async function enter(state, options) {
  await t.shutdown();
  if (state === 'off') return { ok: true };
  const all = { serviceName: 'page', endpoint: null, ...options };
  if (state !== 'starting') return t.init(all);
  const real = window.fetch;
  // The wasm never comes.
  window.fetch = () => new Promise(() => {});
  t.init(all);
  window.fetch = real;
  return { ok: true };
}

export const { stats } = t;
