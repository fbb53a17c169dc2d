// Nothing can be delivered, by somebody's decision: the spans stand in the counts, nothing is thrown, the page goes on.
import { fromStranger } from '../support/answers.mjs';

const SPANS = 100;
const CSP = "default-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval'; img-src data:";

export const refused = {
  'CORS refusal, then allowed': {
    origins: ['cross'],
    async run(scene) {
      const { proxy } = scene;
      proxy.always = fromStranger;
      proxy.preflight = { origin: 'https://stranger.example' };
      const tab = await scene.open();
      await tab.end(SPANS);
      // The preflight is refused, so that no request comes.
      await proxy.until(() => proxy.preflights.length >= 2, 10_000);
      const stats = await tab.stats();
      scene.mustAddUp(stats);
      scene.must(stats.pending + stats.persisted >= SPANS, `not waiting: ${JSON.stringify(stats)}`);
      scene.must(proxy.requests.length === 0, 'a request came in spite of the refusal');
      proxy.always = (exchange) => exchange.pass();
      proxy.preflight = {};
    },
  },

  'CSP refusal': {
    origins: ['cross'],
    async run(scene) {
      const tab = await scene.open({ csp: CSP });
      await tab.end(SPANS);
      const { dropped } = await scene.until(tab, (stats) => stats.dropped.blocked >= SPANS);
      await tab.end(SPANS);
      const after = await scene.until(tab, (stats) => stats.dropped.blocked >= 2 * SPANS);
      scene.must(dropped.blocked >= SPANS, `not blocked: ${JSON.stringify(after)}`);
      scene.must(scene.proxy.requests.length === 0, 'a request came in spite of the refusal');
      return { toldOf: Math.min(after.dropped.blocked ?? 0, 2 * SPANS), note: 'blocked' };
    },
  },
};
