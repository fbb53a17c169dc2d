// What is not acknowledged outlives its page: kept in IndexedDB, sent by the next page, given up by age and size only.
import assert from 'node:assert/strict';
import { inEveryBrowser, spans } from '../shell/support/in-page.mjs';
import {
  DOWN,
  isEmpty,
  isKept,
  leaveBehind,
  NEVER,
  records,
  settled,
  until,
} from './support/records.mjs';

export const storage = {
  'what is not acknowledged is kept, and forgotten when it is': async ({ site, start, run }) => {
    const sink = site.sink();
    await start({ endpoint: sink.url, flushIntervalMs: NEVER });
    await spans(run, 3);
    await isKept(run, sink);
    assert.equal(sink.requests.length, 0);
    await run(() => window.t.flush());
    await isEmpty(run, sink);
    assert.deepEqual(sink.names(), ['s0', 's1', 's2']);
  },

  'the next page sends what was left, once': async (context) => {
    const sink = await leaveBehind(context, 700, 100);
    const { start, stats, run } = context;
    await start({ endpoint: sink.url });
    await spans(run, 2, 10, 'own');
    await settled(context, 700);
    await run(() => window.t.flush());
    await isEmpty(run, sink);
    const { delivered, ended, dropped } = await stats();
    assert.deepEqual([delivered, ended, dropped], [702, 2, {}]);
    const names = sink.names();
    assert.equal(new Set(names).size, 702);
    assert.equal(names.length, 702, 'each once');
  },

  'a page in an outage takes over what was left, and sends it when there is somebody again': async (
    context,
  ) => {
    const sink = await leaveBehind(context, 5);
    const { start, stats } = context;
    sink.answers = [{ status: 503 }, { status: 429, headers: { 'retry-after': '0' } }];
    await start({ endpoint: sink.url });
    await until(async () => (await stats()).persisted === 5, 'persisted');
    await settled(context, 5);
    assert.equal((await stats()).delivered, 5);
  },

  'a collector that asks for patience has it, however much': async (context) => {
    const { start, stats } = context;
    // 35 days: more milliseconds than a timer takes.
    const sink = await leaveBehind(context, 3);
    const asks = { status: 503, headers: { 'retry-after': '3000000' } };
    sink.answers = Array.from({ length: 1000 }, () => asks);
    await start({ endpoint: sink.url });
    await until(async () => sink.requests.length > 0, 'a request');
    await new Promise((done) => setTimeout(done, 1_500));
    assert.equal(sink.requests.length, 1);
    assert.equal((await stats()).persisted, 3);
  },

  'what the collector refuses is dropped with its reason': async (context) => {
    const { start, stats } = context;
    const sink = await leaveBehind(context, 4);
    // partial_success { rejected_spans: 3 }
    sink.answers = [{ answer: Buffer.from([10, 2, 8, 3]) }];
    await start({ endpoint: sink.url });
    await settled(context, 4);
    await until(async () => (await stats()).dropped.rejected === 3, 'rejected');
    assert.equal((await stats()).delivered, 1);
    const other = await leaveBehind(context, 4);
    other.answers = [{ status: 400 }];
    await start({ endpoint: other.url });
    await settled(context, 4);
    assert.deepEqual((await stats()).dropped, { not_retryable: 4 });
  },

  'too old or too much: dropped with the reason, the oldest first': async (context) => {
    const { start, stats, run } = context;
    const old = await leaveBehind(context, 6);
    await start({ endpoint: old.url, persist: { maxAgeMs: 0 } });
    await settled(context, 6);
    assert.deepEqual((await stats()).dropped, { expired: 6 });
    await isEmpty(run, old);
    assert.deepEqual(old.requests, []);
    const large = await leaveBehind(context, 600, 100);
    await start({ endpoint: large.url, persist: { maxBytes: 40_000 } });
    await settled(context, 600);
    const { delivered, dropped } = await stats();
    assert.equal(delivered + dropped.storage_full, 600);
    assert.ok(delivered > 100 && dropped.storage_full > 100, `${delivered} delivered`);
    assert.ok(large.names().includes('left599') && !large.names().includes('left0'));
  },

  'records of somebody else, or broken ones, are in nobody’s way': async (context) => {
    const { start, stats, run } = context;
    const sink = await leaveBehind(context, 3);
    await run(async (url) => {
      const database = await new Promise((resolve) => {
        const opening = indexedDB.open(`tracelink ${url}/v1/traces`);
        opening.onsuccess = () => resolve(opening.result);
      });
      const store = database.transaction('spans', 'readwrite').objectStore('spans');
      const [[page]] = await new Promise((resolve) => {
        const all = store.getAllKeys();
        all.onsuccess = () => resolve(all.result);
      });
      const bodies = ['text', 5, { a: 1 }, new Uint8Array([255, 255, 255]), new Uint8Array(9), []];
      for (const [at, body] of bodies.entries()) store.put(body, [page, 1000 + at]);
      store.put(new Uint8Array([10, 200]), [77, 1]);
      store.put('forever', [78, 0]);
      store.put(1e300, [79, 0]);
      store.put(1, 'a text');
      store.put(1, [1, 2, 3]);
      await new Promise((resolve) => {
        store.transaction.oncomplete = resolve;
      });
      database.close();
    }, sink.url);
    await start({ endpoint: sink.url });
    await settled(context, 3);
    await until(async () => ((await records(run, sink)) ?? []).length <= 1, 'all cleared away');
    assert.equal((await stats()).delivered, 3);
    assert.deepEqual(sink.names().sort(), ['left0', 'left1', 'left2']);
  },

  'persist false, and no database to be had: the page goes on': async ({
    site,
    open,
    run,
    stats,
  }) => {
    for (const persist of [false, true]) {
      await open();
      const sink = site.sink();
      const delivered = await run(
        async (endpoint, persist) => {
          if (persist)
            Object.defineProperty(window, 'indexedDB', { configurable: true, value: undefined });
          await window.t.init({ serviceName: 'x', endpoint, persist, flushIntervalMs: 600_000 });
          window.t.startSpan('a').end();
          await new Promise((done) => setTimeout(done, 1100));
          return (await window.t.flush()).delivered;
        },
        sink.url,
        persist,
      );
      assert.equal(delivered, 1);
      assert.equal((await stats()).persisted, 0);
      if (!persist) assert.equal(await records(run, sink), undefined);
    }
  },

  'a page that lives keeps what it has: another one leaves it alone': async (context) => {
    const { site, start, run, page, browserName } = context;
    // In Firefox a second tab of the driver would hide this one.
    if (browserName === 'firefox') return;
    const sink = site.sink({ here: true });
    sink.answers = [...DOWN];
    await start({ endpoint: sink.url, flushIntervalMs: NEVER });
    await spans(run, 3);
    await isKept(run, sink);
    const other = await page.browser().newPage();
    await other.goto(site.page());
    const recovered = await other.evaluate(async (endpoint) => {
      const t = await import('/dist/index.js');
      await t.init({ serviceName: 'other', endpoint });
      await new Promise((done) => setTimeout(done, 1500));
      return t.stats().recovered;
    }, sink.url);
    await other.close();
    assert.equal(recovered, 0);
  },

  'consent withdrawn: the storage is erased, and what earlier pages left': async (context) => {
    const { site, start, run, page } = context;
    const sink = site.sink();
    await start({ endpoint: sink.url, flushIntervalMs: NEVER });
    await spans(run, 3);
    await isKept(run, sink);
    await run(() => window.t.shutdown({ discard: true }));
    await until(async () => (await records(run, sink)) === undefined, 'no database');
    // What the browser was asked to send when the page ends is taken back too.
    await run(() => addEventListener('unload', () => {}));
    await page.goto(site.page({ second: 1 }));
    await new Promise((done) => setTimeout(done, 500));
    assert.deepEqual(sink.requests, []);
  },
};

inEveryBrowser({ storage });
