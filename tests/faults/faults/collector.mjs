// The collector itself is in trouble: killed while it takes a request, its database locked, its disk full.
import { setTimeout as sleep } from 'node:timers/promises';
import { BROWSERS } from '../../e2e/harness/browsers.mjs';

const SPANS = 100;

/** The collector is killed so many milliseconds after it got the request, at once or later, and started again. */
const killAfter = (ms, collector) => async (exchange) => {
  const answer = exchange.forward().catch(() => {});
  await exchange.sent();
  if (ms) await sleep(ms);
  await collector.kill();
  await answer;
  exchange.reset();
  await collector.start();
};

/** A trace with one span of so many bytes, as JSON. */
function filler(number, bytes) {
  const id = (length) => number.toString(16).padStart(length, '0');
  const span = {
    traceId: id(32),
    spanId: id(16),
    name: 'x'.repeat(bytes),
    startTimeUnixNano: '1',
    endTimeUnixNano: '2',
  };
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
}

/** Stores until nothing fits any more, not even what is small. */
async function fill(collector) {
  let number = 1;
  for (const bytes of [100_000, 10_000, 1000]) {
    while ((await collector.post(filler(number, bytes))) === 200) number++;
  }
}

const wasRefused = (requests) => requests.some(({ collectorStatus }) => collectorStatus === 503);

export const collector = {
  'collector killed while it stores': {
    mayRepeat: BROWSERS,
    async run(scene) {
      const moments = [0, 1, 3, 10].map((ms) => killAfter(ms, scene.collector));
      scene.proxy.next = moments;
      const tab = await scene.open();
      await tab.end(SPANS / 2, { name: 'first' });
      await scene.proxy.until(({ length }) => length > 2, 20_000);
      await tab.end(SPANS / 2, { name: 'second' });
    },
  },

  'database locked': {
    async run(scene) {
      const tab = await scene.open();
      await scene.collector.lock();
      await tab.end(SPANS);
      scene.must(await scene.proxy.until(wasRefused, 20_000), 'the collector took it all the same');
      scene.collector.unlock();
    },
  },

  'disk full': {
    diskKib: 1500,
    async run(scene) {
      await fill(scene.collector);
      const tab = await scene.open();
      await tab.end(SPANS, { size: 1000 });
      scene.must(await scene.proxy.until(wasRefused, 20_000), 'the collector took it all the same');
      await scene.collector.makeRoom();
    },
  },
};
