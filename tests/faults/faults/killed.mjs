// What runs the page is killed. Spans that ended a second or more before are not lost.
import { BROWSERS } from '../../e2e/harness/browsers.mjs';

const SPANS = 100;
const A_SECOND = 1000;

export const killed = {
  'renderer crash': {
    mayRepeat: BROWSERS,
    async run(scene) {
      const tab = await scene.open();
      await tab.end(SPANS);
      await tab.wait(A_SECOND);
      scene.forget(tab);
      await scene.browser.crash(tab.page);
      await scene.open();
    },
  },

  'renderer crash, collector unreachable': {
    mayRepeat: BROWSERS,
    async run(scene) {
      const tab = await scene.open();
      await scene.unreachable();
      await tab.end(SPANS);
      await tab.wait(A_SECOND);
      scene.forget(tab);
      await scene.browser.crash(tab.page);
      await scene.reachable();
      await scene.open();
    },
  },

  'browser killed': {
    mayRepeat: BROWSERS,
    async run(scene) {
      const tab = await scene.open();
      await tab.end(SPANS);
      await tab.wait(A_SECOND);
      scene.forget(tab);
      await scene.browser.kill();
      await scene.open();
    },
  },

  'browser killed, collector unreachable': {
    mayRepeat: BROWSERS,
    async run(scene) {
      const tab = await scene.open();
      await scene.unreachable();
      await tab.end(SPANS);
      await tab.wait(A_SECOND);
      scene.forget(tab);
      await scene.browser.kill();
      await scene.reachable();
      await scene.open();
    },
  },
};
