// The storage belongs to all pages of an origin, and to the origin: who sends what, how much there may be, who deletes it.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { inEveryBrowser, spans } from '../shell/support/in-page.mjs';
import {
  bytesKept,
  DOWN,
  isEmpty,
  isKept,
  leaveBehind,
  NEVER,
  records,
  settled,
  until,
} from './support/records.mjs';

/** Until when somebody has taken what a page left; 0: nobody has. */
async function takenUntil(run, sink) {
  const leases = ((await records(run, sink)) ?? []).map(([, value]) => value).filter(Array.isArray);
  return Math.max(0, ...leases.map(([, taken]) => taken));
}

/** In the page: writes a lease for each page that left something. */
const writeLeases = (run, sink, lease) =>
  run(
    async (url, lease) => {
      const database = await new Promise((resolve) => {
        const opening = indexedDB.open(`tracelink ${url}/v1/traces`);
        opening.onsuccess = () => resolve(opening.result);
      });
      const store = database.transaction('spans', 'readwrite').objectStore('spans');
      const all = store.getAllKeys();
      all.onsuccess = () => {
        for (const [page] of all.result) store.put(lease, [page, 0]);
      };
      await new Promise((resolve) => {
        store.transaction.oncomplete = resolve;
      });
      database.close();
    },
    sink.url,
    lease,
  );

/** Most bytes of one, of small spans. */
const A_RECORD = 17_000;
const MUCH = 2000;
const SPANS = 700;

export const sharing = {
  'what is taken stays taken until the last request is answered': async (context) => {
    const { start, run, stats } = context;
    const sink = await leaveBehind(context, SPANS, MUCH);
    sink.answers = [{ delay: 1500 }, { delay: 1500 }];
    await start({ endpoint: sink.url });
    const taken = [];
    for (const requests of [1, 2]) {
      await until(() => sink.requests.length >= requests, `request ${requests}`);
      taken.push(await takenUntil(run, sink));
    }
    assert.ok(taken[1] >= taken[0] + 1400, `${taken}`);
    await settled(context, SPANS);
    assert.equal((await stats()).delivered, SPANS);
    assert.equal(new Set(sink.names()).size, sink.names().length, 'each once');
  },

  'what another page takes meanwhile is left to that': async (context) => {
    const { start, run, stats } = context;
    const sink = await leaveBehind(context, SPANS, MUCH);
    sink.answers = [{ delay: 1500 }];
    await start({ endpoint: sink.url });
    await until(() => sink.requests.length > 0, 'a request');
    await writeLeases(run, sink, [0, Date.now() + 60_000]);
    await until(async () => (await stats()).delivered > 0, 'an answer');
    await sleep(500);
    assert.equal(sink.requests.length, 1);
    assert.ok((await stats()).persisted > 0);
  },

  'a record that the collector does not take costs no other': async (context) => {
    const { start, stats, run } = context;
    const sink = await leaveBehind(context, SPANS, MUCH);
    const answer = ({ spans }) => ({
      status: spans.some(({ name }) => name === 'left300') ? 400 : 200,
    });
    sink.answers = Array.from({ length: 100 }, () => answer);
    await start({ endpoint: sink.url });
    await settled(context, SPANS);
    const { delivered, dropped } = await stats();
    assert.equal(delivered + dropped.not_retryable, SPANS);
    // As many as are in one record.
    assert.ok(dropped.not_retryable < 20, `${dropped.not_retryable}`);
    assert.ok(sink.requests.length < 30, `${sink.requests.length} requests`);
    await isEmpty(run, sink);
  },

  'a page whose timers run late is taken to live for longer': async (context) => {
    const { site, open, run } = context;
    const sink = site.sink();
    sink.answers = [...DOWN];
    await open();
    await run(
      async (endpoint, flushIntervalMs) => {
        const { setTimeout } = window;
        window.late = 0;
        window.setTimeout = (work, ms, ...given) => setTimeout(work, ms + window.late, ...given);
        await window.t.init({ serviceName: 'page', endpoint, flushIntervalMs });
      },
      sink.url,
      NEVER,
    );
    await spans(run, 1);
    await isKept(run, sink);
    const lease = async () =>
      (await records(run, sink)).find(([[, record], value]) => record === 0 && value > 0)[1];
    assert.ok((await lease()) < Date.now() + 12_000);
    await run(() => {
      window.late = 6000;
    });
    await until(async () => (await lease()) > Date.now() + 15_000, 'a longer lease');
  },

  'the page deletes the database: nobody is waited for, and it comes back when it is needed':
    async (context) => {
      const { site, start, run, stats } = context;
      const sink = site.sink();
      sink.answers = [...DOWN];
      await start({ endpoint: sink.url, flushIntervalMs: NEVER });
      await spans(run, 3, 10, 'first');
      await isKept(run, sink);
      const heard = await run(
        (name) =>
          new Promise((resolve) => {
            const deleting = indexedDB.deleteDatabase(name);
            for (const type of ['success', 'error', 'blocked'])
              deleting.addEventListener(type, () => resolve(type));
          }),
        `tracelink ${sink.url}/v1/traces`,
      );
      assert.equal(heard, 'success');
      assert.equal(await records(run, sink), undefined);
      await spans(run, 2, 10, 'second');
      await isKept(run, sink);
      sink.answers = [];
      await run(() => window.t.flush());
      assert.equal((await stats()).delivered, 5, 'in memory was all of it');
      await isEmpty(run, sink);
    },

  'a database that opens late gets what ended before': async (context) => {
    const { site, open, run } = context;
    const sink = site.sink();
    await open();
    await run(
      async (endpoint, never) => {
        // Somebody makes it, and takes a second and a half for that.
        const opening = indexedDB.open(`tracelink ${endpoint}/v1/traces`);
        opening.onupgradeneeded = () => {
          const store = opening.result.createObjectStore('spans');
          const start = performance.now();
          const goOn = () => {
            if (performance.now() - start < 1500) store.count().onsuccess = goOn;
          };
          goOn();
        };
        opening.onsuccess = () => opening.result.close();
        await window.t.init({ serviceName: 'page', endpoint, flushIntervalMs: never });
        window.t.startSpan('early').end();
      },
      sink.url,
      NEVER,
    );
    await isKept(run, sink);
    assert.deepEqual(sink.requests, []);
  },

  'persist.maxBytes bounds what a page keeps of itself': async (context) => {
    const { site, start, run } = context;
    const sink = site.sink();
    sink.answers = [...DOWN];
    const maxBytes = 60_000;
    await start({ endpoint: sink.url, flushIntervalMs: NEVER, persist: { maxBytes } });
    for (let round = 0; round < 3; round++) {
      await spans(run, 100, 300, `round${round}-`);
      await sleep(1200);
      const bytes = await bytesKept(run, sink);
      assert.ok(bytes <= maxBytes + A_RECORD, `${bytes} bytes`);
    }
    assert.ok((await bytesKept(run, sink)) > maxBytes / 2);
  },

  'what pages that live keep counts too: what was left has the rest': async (context) => {
    const { start, run, stats } = context;
    const sink = await leaveBehind(context, 300, 300);
    sink.answers = [...DOWN];
    const maxBytes = 200_000;
    await start({ endpoint: sink.url, flushIntervalMs: NEVER, persist: { maxBytes } });
    await until(async () => (await stats()).persisted === 300, 'taken over');
    await spans(run, 300, 300, 'own');
    await until(async () => (await bytesKept(run, sink)) > 100_000, 'records');
    await run(() => dispatchEvent(new Event('online')));
    await until(async () => (await stats()).dropped.storage_full > 0, 'too much');
    assert.ok((await bytesKept(run, sink)) <= maxBytes + 20_000);
  },
};

inEveryBrowser({ sharing });
