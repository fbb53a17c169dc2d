// Tracing ends and begins again in one page: what waits goes where it belongs, is kept again, or is erased.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { inEveryBrowser, spans } from '../shell/support/in-page.mjs';
import {
  DOWN,
  isBody,
  isKept,
  leaveBehind,
  NEVER,
  records,
  settled,
  until,
} from './support/records.mjs';

const begin = (run, sink, options) =>
  run((given) => window.t.init({ serviceName: 'page', ...given }), {
    endpoint: sink.url,
    ...options,
  });
const end = (run, options) => run((given) => window.t.shutdown(given), options);

/** How many pages have records, each start being one. */
const keepers = async (run, sink) =>
  new Set(((await records(run, sink)) ?? []).filter(isBody).map(([[page]]) => page)).size;

export const restart = {
  'what waits after a shutdown in an outage is kept, and so is what ends after the next start':
    async ({ site, start, run, stats }) => {
      const sink = site.sink();
      sink.answers = [...DOWN];
      await start({ endpoint: sink.url, flushIntervalMs: NEVER });
      await spans(run, 3, 10, 'first');
      await isKept(run, sink);
      await end(run);
      await begin(run, sink, { flushIntervalMs: NEVER });
      await spans(run, 2, 10, 'second');
      await until(async () => (await keepers(run, sink)) === 2, 'records of both');
      sink.answers = [];
      sink.requests = [];
      await run(() => window.t.flush());
      await run(() => dispatchEvent(new Event('online')));
      await settled({ stats }, 3);
      assert.equal((await stats()).delivered, 5);
    },

  'another collector than before gets nothing of what was left for that one': async (context) => {
    const { site, start, run } = context;
    const old = await leaveBehind(context, 5);
    old.answers = [...DOWN];
    await start({ endpoint: old.url });
    await until(() => old.requests.length > 0, 'an attempt');
    await end(run);
    const other = site.sink();
    await begin(run, other);
    await run(() => dispatchEvent(new Event('online')));
    // The next attempt would have come after a second.
    await sleep(2000);
    await spans(run, 1, 10, 'own');
    await run(() => window.t.flush());
    assert.deepEqual(other.names(), ['own0']);
    assert.equal(await keepers(run, old), 1);
  },

  'the answer to a request of an earlier start leaves the counts alone': async (context) => {
    const { start, run, stats } = context;
    const sink = await leaveBehind(context, 5);
    sink.answers = [{ delay: 1500 }];
    await start({ endpoint: sink.url });
    await until(() => sink.requests.length > 0, 'a request');
    await end(run);
    await begin(run, sink);
    await sleep(2000);
    const { recovered, persisted, delivered } = await stats();
    assert.deepEqual([recovered, persisted, delivered], [0, 0, 0]);
    assert.equal(sink.requests.length, 1);
  },

  'consent withdrawn at once, before anything was loaded: what was left is erased': async (
    context,
  ) => {
    const { open, run } = context;
    const sink = await leaveBehind(context, 3);
    await open();
    const result = await run(async (endpoint) => {
      const started = window.t.init({ serviceName: 'page', endpoint });
      await window.t.shutdown({ discard: true });
      return started;
    }, sink.url);
    assert.equal(result.ok, false);
    await until(async () => (await records(run, sink)) === undefined, 'no database');
    await sleep(1500);
    assert.equal(await records(run, sink), undefined, 'nor does it come back');
    assert.deepEqual(sink.requests, []);
  },
};

inEveryBrowser({ restart });
