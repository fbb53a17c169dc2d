// What stands between page and collector: answers that ask to come back, connections that end, acknowledgements lost.
import { BROWSERS } from '../../e2e/harness/browsers.mjs';
import {
  loseAcknowledgement,
  refuse,
  resetAfterBody,
  resetBeforeBody,
  resetDuringBody,
  slowly,
} from '../support/answers.mjs';

const SPANS = 100;

/** The page ends spans, meets these answers, ends more, and goes on. */
async function meet(scene, answers, { size } = {}) {
  scene.proxy.next = answers;
  const tab = await scene.open();
  await tab.end(SPANS / 2, { name: 'first', size });
  await scene.proxy.until(() => scene.proxy.next.length < answers.length, 10_000);
  await tab.end(SPANS / 2, { name: 'second', size });
  await scene.allStored();
  return tab;
}

/** Twice in a row. */
const meets = (answer, options) => (scene) => meet(scene, [answer, answer], options);

/** Between an answer and the next request there were at least so many milliseconds. */
function mustHaveWaited(scene, from, ms) {
  const [answered, next] = scene.proxy.requests.slice(from);
  if (!next) return;
  const waited = next.at - answered.answeredAt;
  scene.must(waited >= ms, `came back after ${waited} ms, asked for ${ms}`);
}

const inSeconds = (seconds) => new Date(Date.now() + seconds * 1000).toUTCString();

export const network = {
  '503 for a while': {
    run: (scene) => meet(scene, [refuse(503), refuse(503), refuse(503)]),
  },

  '503 for a while, then the tab is closed': {
    mayRepeat: BROWSERS,
    async run(scene) {
      scene.proxy.always = refuse(503);
      const tab = await scene.open();
      await tab.end(SPANS);
      await scene.proxy.until(({ length }) => length >= 2, 10_000);
      await tab.close();
      await scene.open();
      scene.proxy.always = (exchange) => exchange.pass();
    },
  },

  '429 with Retry-After in seconds': {
    async run(scene) {
      await meet(scene, [refuse(429, { 'retry-after': '2' })]);
      mustHaveWaited(scene, 0, 2000);
    },
  },

  '429 with Retry-After as a date': {
    async run(scene) {
      await meet(scene, [refuse(429, () => ({ 'retry-after': inSeconds(3) }))]);
      // A date has whole seconds.
      mustHaveWaited(scene, 0, 1900);
    },
  },

  'connection reset before the body': { run: meets(resetBeforeBody) },

  'connection reset during the body': { run: meets(resetDuringBody, { size: 2000 }) },

  'connection reset after the body': { run: meets(resetAfterBody) },

  'acknowledgement lost': {
    mayRepeat: BROWSERS,
    run: meets(loseAcknowledgement),
  },

  'slow collector': {
    run: meets(slowly(3000)),
  },

  'slow collector, then the tab is closed': {
    mayRepeat: BROWSERS,
    async run(scene) {
      scene.proxy.next = [slowly(3000)];
      const tab = await scene.open();
      await tab.end(SPANS / 2, { name: 'first' });
      await scene.proxy.until(({ length }) => length > 0, 10_000);
      await tab.end(SPANS / 2, { name: 'second' });
      await tab.close();
      if (scene.browserName === 'firefox') await scene.open();
    },
  },
};
