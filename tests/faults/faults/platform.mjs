// What the browser itself denies or gets wrong: no room to store anything, and a wall clock that jumps.
import { BROWSERS } from '../../e2e/harness/browsers.mjs';
import { refuse } from '../support/answers.mjs';

const SPANS = 100;
const A_SECOND = 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

const jump = (tab, ms) => tab.run((ms) => globalThis.moveClock(ms), ms);

export const platform = {
  'quota refused': {
    // Kilobytes for all sites together.
    preferences: { 'dom.quotaManager.temporaryStorage.fixedLimit': 1 },
    async run(scene) {
      scene.proxy.always = refuse(503);
      const tab = await scene.open({
        stores: false,
        prepare: (page) => scene.browser.refuseQuota(page, scene.proxy.site.origin),
      });
      await tab.end(SPANS);
      await scene.proxy.until(({ length }) => length >= 2, 20_000);
      const stats = await tab.stats();
      scene.mustAddUp(stats);
      scene.must(stats.persisted === 0, `stored where there is no room: ${JSON.stringify(stats)}`);
      scene.must(stats.pending >= SPANS, `not waiting: ${JSON.stringify(stats)}`);
      scene.proxy.always = (exchange) => exchange.pass();
    },
  },

  'clock jumps while spans wait': {
    async run(scene) {
      scene.proxy.always = refuse(503);
      const tab = await scene.open();
      for (const days of [0, 1, -2, 400]) {
        await jump(tab, days * DAY_MS);
        await tab.end(SPANS / 4, { name: `day${days}-` });
        const { length } = scene.proxy.requests;
        await scene.proxy.until((requests) => requests.length > length, 20_000);
      }
      await jump(tab, -400 * DAY_MS);
      scene.proxy.always = (exchange) => exchange.pass();
    },
  },

  'clock set back before the next page': {
    mayRepeat: BROWSERS,
    async run(scene) {
      const tab = await scene.open({ clockMs: 400 * DAY_MS });
      await scene.unreachable();
      await tab.end(SPANS);
      await tab.wait(A_SECOND);
      await tab.close();
      await scene.reachable();
      await scene.open();
    },
  },
};
