// What somebody who looks at traces asks, again and again, while spans come in.
import { orderOf, TRACES, traceIdOf } from './traces.mjs';

/** Each question by its name; `pick` gives a random stored trace as its batch and its place there. */
const QUESTIONS = {
  list: () => '/api/summaries',
  'list, errors of a service': () => '/api/summaries?status=error&service=storage',
  'list, slow ones': () => '/api/summaries?min_duration_ms=135',
  'list, very slow ones': () => '/api/summaries?min_duration_ms=138.9',
  'list, slowest first': () => '/api/summaries?order=slowest',
  'list, slowest of a service': () => '/api/summaries?order=slowest&service=storage&status=ok',
  'search, text': (pick) => `/api/summaries?q=${encodeURIComponent(`route ${pick().trace % 8}`)}`,
  'search, one order': (pick) => {
    const { batch, trace } = pick();
    return `/api/summaries?attribute=order.id:${orderOf(batch, trace)}`;
  },
  'search, wide attribute': () => '/api/summaries?attribute=url.path:/api/orders/route-3&status=ok',
  waterfall: (pick) => `/api/traces/${idOf(pick())}/waterfall`,
  diagnosis: (pick) => `/api/traces/${idOf(pick())}/diagnosis`,
  'root cause': (pick) => `/api/traces/${idOf(pick())}/root-cause`,
  'critical path': (pick) => `/api/traces/${idOf(pick())}/critical-path`,
  health: () => '/api/health',
  'service map': () => '/api/service-map',
};

const idOf = ({ batch, trace }) => traceIdOf(batch, trace);

/** Milliseconds of each question, asked in turn. `batchCount` batches are stored. */
export async function ask(url, batchCount, rounds) {
  const pick = () => ({
    batch: Math.floor(Math.random() * batchCount),
    trace: Math.floor(Math.random() * TRACES),
  });
  const times = new Map(Object.keys(QUESTIONS).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, question] of Object.entries(QUESTIONS)) {
      const begin = performance.now();
      const response = await fetch(url + question(pick));
      const answer = await response.json();
      const took = performance.now() - begin;
      if (!response.ok || (answer.traces ?? answer.spans ?? [1]).length === 0) {
        throw new Error(`${name} found nothing: ${response.status}`);
      }
      times.get(name).push(took);
    }
  }
  return times;
}
