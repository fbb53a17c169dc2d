// What runs the page is killed. Spans that ended a second or more before are not lost.
import { BROWSERS } from '../../e2e/harness/browsers.mjs';

const SPANS = 100;
const A_SECOND = 1000;

const crash = (scene, tab) => scene.browser.crash(tab.page);
const kill = (scene) => scene.browser.kill();

/** Spans end, a second later what runs their page is no more, and another page comes. */
const endsBy = (end, isReachable) => ({
  mayRepeat: BROWSERS,
  async run(scene) {
    const tab = await scene.open();
    if (!isReachable) await scene.unreachable();
    await tab.end(SPANS);
    await tab.wait(A_SECOND);
    scene.forget(tab);
    await end(scene, tab);
    if (!isReachable) await scene.reachable();
    await scene.open();
  },
});

export const killed = {
  'renderer crash': endsBy(crash, true),
  'renderer crash, collector unreachable': endsBy(crash, false),
  'browser killed': endsBy(kill, true),
  'browser killed, collector unreachable': endsBy(kill, false),
};
