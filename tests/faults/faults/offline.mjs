// The page cannot reach its collector, and its spans wait for another page, for days if need be. A
// page that is gone hears no answer: what it sent as it went may be sent again.

import { BROWSERS } from '../../e2e/harness/browsers.mjs';

const SPANS = 100;
const A_SECOND = 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Spans end offline, and their page is gone a second later; then the collector is there again. `killed`: with the whole
 * browser, which then sends nothing on behalf of a page that is gone.
 */
async function leaveOffline(scene, { killed } = {}) {
  const tab = await scene.open();
  await scene.unreachable();
  await tab.end(SPANS);
  await tab.wait(A_SECOND);
  if (killed) {
    scene.forget(tab);
    await scene.browser.kill();
  } else {
    await tab.close();
  }
  await scene.reachable();
}

export const offline = {
  'offline, then online': {
    async run(scene) {
      const tab = await scene.open();
      await scene.unreachable(tab);
      await tab.end(SPANS);
      await tab.wait(A_SECOND);
      await scene.reachable(tab);
    },
  },

  'offline, then reload': {
    mayRepeat: BROWSERS,
    async run(scene) {
      const tab = await scene.open();
      await scene.unreachable();
      // At once: nothing has been written yet.
      await tab.end(SPANS);
      // On the same origin there is nobody to give the page either.
      await tab.page.reload().catch(() => {});
      await scene.reachable();
      if (scene.origin === 'same') await tab.page.goto(scene.url());
    },
  },

  'offline, then tab closed': {
    mayRepeat: BROWSERS,
    async run(scene) {
      await leaveOffline(scene);
      await scene.open();
    },
  },

  'offline, then two days later': {
    mayRepeat: BROWSERS,
    async run(scene) {
      await leaveOffline(scene);
      await scene.open({ clockMs: 2 * DAY_MS });
    },
  },

  'offline, then four days later': {
    async run(scene) {
      await leaveOffline(scene, { killed: true });
      const tab = await scene.open({ clockMs: 4 * DAY_MS });
      const { dropped } = await scene.until(tab, (stats) => stats.dropped.expired >= SPANS);
      scene.must(dropped.expired >= SPANS, `not too old: ${JSON.stringify(dropped)}`);
      return { toldOf: Math.min(dropped.expired ?? 0, SPANS), note: 'expired' };
    },
  },
};
