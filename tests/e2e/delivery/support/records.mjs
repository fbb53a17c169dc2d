// Records in a page's IndexedDB, as tests see them, and pages that leave some behind.
import { spans } from '../../shell/support/in-page.mjs';

export const NEVER = 600_000;
/** The answers of a collector that is not there. */
export const DOWN = Array.from({ length: 1000 }, () => ({ status: 503 }));

/**
 * The records of a collector, as [key, bytes]; a lease, as [[page, 0], number]; of a page whose records another has taken,
 * [[page, 0], [until, taken until]].
 */
export const records = (run, sink) =>
  run((url) => {
    const result = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    return (async () => {
      const name = `tracelink ${url}/v1/traces`;
      const databases = await indexedDB.databases();
      if (!databases.some((database) => database.name === name)) return undefined;
      const opening = indexedDB.open(name);
      // It went meanwhile, and is not to come back by this.
      opening.onupgradeneeded = () => opening.transaction.abort();
      const database = await result(opening).catch(() => undefined);
      if (!database) return undefined;
      const store = database.transaction('spans').objectStore('spans');
      const [keys, values] = await Promise.all([
        result(store.getAllKeys()),
        result(store.getAll()),
      ]);
      database.close();
      return keys.map((key, at) => [key, values[at].byteLength ?? values[at]]);
    })();
  }, sink.url);

export const isBody = ([[, record], value]) => record > 0 && value > 0;

/** How many bytes of bodies there are. */
export const bytesKept = async (run, sink) =>
  ((await records(run, sink)) ?? []).filter(isBody).reduce((sum, [, bytes]) => sum + bytes, 0);

/** Polls until `holds()`. */
export async function until(holds, what) {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not yet: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

export const isKept = (run, sink, count = 1) =>
  until(
    async () => ((await records(run, sink)) ?? []).filter(isBody).length >= count,
    `${count} records`,
  );
export const isEmpty = (run, sink) =>
  until(async () => !((await records(run, sink)) ?? []).some(isBody), 'no record');

/** Spans of a page that cannot deliver them, and is left. Returns the sink, which takes everything from then on. */
export async function leaveBehind({ site, start, run, page }, count, size) {
  const sink = site.sink({ here: true });
  sink.answers = [...DOWN];
  await start({ endpoint: sink.url, flushIntervalMs: 100 });
  await spans(run, count, size, 'left');
  await isKept(run, sink);
  await run(() => {
    // What it sends as it goes would come at some time later.
    window.fetch = () => Promise.reject(new TypeError('offline'));
    window.fetchLater = undefined;
    // A page that listens for this is not kept for a way back.
    addEventListener('unload', () => {});
    return window.t.flush();
  });
  await page.goto(site.page({ second: 1 }));
  sink.answers = [];
  sink.requests = [];
  return sink;
}

export const settled = (context, sum) =>
  until(async () => {
    const { recovered, persisted } = await context.stats();
    return recovered === sum && persisted === 0;
  }, `${sum} recovered`);
