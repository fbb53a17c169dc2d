// Where a fault takes place: a collector with a database of its own, the proxy before it, and pages in one browser.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPage } from '../../e2e/harness/browsers.mjs';
import { Collector } from './collector.mjs';
import { FaultyProxy } from './proxy.mjs';
import { brokenSums, Tab } from './tab.mjs';

/** How long everything may take to arrive; a run without a loss never waits for it. */
export const WAIT_MS = 60_000;

export class Scene {
  /** Spans that have ended and may not be lost: [traceId, spanId, name]. */
  ended = [];
  problems = [];
  #tabs = [];
  #folder;

  /** `origin`: 'same' or 'cross', where the collector is as the page sees it. */
  constructor(browser, origin) {
    this.browser = browser;
    this.browserName = browser.name;
    this.origin = origin;
  }

  async start({ diskKib } = {}) {
    this.#folder = await mkdtemp(join(tmpdir(), 'tracelink-faults-'));
    this.collector = new Collector(this.#folder);
    if (diskKib) await this.collector.startOnSmallDisk(diskKib);
    else await this.collector.start();
    this.proxy = await new FaultyProxy(() => this.collector.url).start();
    return this;
  }

  /** The port that takes traces; without it the page is offline, as far as its collector is concerned. */
  get link() {
    return this.origin === 'same' ? this.proxy.site : this.proxy.other;
  }

  /** Address of the page. */
  url({ csp, ...options } = {}) {
    const given = { endpoint: this.link.origin, ...options };
    const query = new URLSearchParams({ options: JSON.stringify(given), ...(csp && { csp }) });
    return `${this.proxy.site.origin}/page?${query}`;
  }

  /**
   * Opens a page where tracing is on, and the database written to for the first time, unless it `stores` nothing: until then
   * a page that ends leaves nothing there, as docs/delivery.md says. `clockMs`: how far its clock is off; `prepare(page)`
   * comes before it loads.
   */
  async open({ clockMs = 0, prepare, stores = true, ...options } = {}) {
    const opened = await openPage(await this.browser.get());
    const tab = new Tab(opened, this.ended);
    this.#tabs.push(tab);
    await opened.page.evaluateOnNewDocument(ownClock, clockMs);
    await prepare?.(opened.page);
    await opened.page.goto(this.url(options), { waitUntil: 'load' });
    const started = await tab.run(() => globalThis.started);
    if (!started.ok) throw new Error(`tracelink did not start: ${JSON.stringify(started)}`);
    if (stores) await tab.run(firstWritten);
    return tab;
  }

  /** Takes the collector away; a browser that can is told that it is offline, where the page goes with it. */
  async unreachable() {
    await this.link.down();
  }

  async reachable() {
    await this.link.up();
  }

  /** Pages that still run. */
  get tabs() {
    return this.#tabs.filter(({ page }) => !page.isClosed());
  }

  /** Forgets a page whose process is gone. */
  forget(tab) {
    this.#tabs = this.#tabs.filter((other) => other !== tab);
  }

  must(holds, problem) {
    if (!holds) this.problems.push(problem);
  }

  /** The identities of a page's counts. */
  mustAddUp(stats) {
    const broken = stats && brokenSums(stats);
    if (broken) this.problems.push(broken);
  }

  /** Until the collector has acknowledged every span that ended; false when that takes too long. */
  allStored(ms = WAIT_MS) {
    return this.proxy.until(() => {
      const stored = this.proxy.stored();
      return this.ended.every(([traceId, spanId]) => stored.has(`${traceId}/${spanId}`));
    }, ms);
  }

  /** Polls the counts of a page until they are as asked for; its last ones are returned in any case. */
  async until(tab, holds, ms = WAIT_MS) {
    const end = Date.now() + ms;
    for (;;) {
      const stats = await tab.stats();
      this.mustAddUp(stats);
      if (holds(stats) || Date.now() > end) return stats;
      await tab.wait(50);
    }
  }

  /** Whatever happened: no page may have thrown, and the counts of those that still run must add up. */
  async examine({ settles = true } = {}) {
    for (const tab of this.tabs) {
      const stats = await this.until(
        tab,
        ({ pending, persisted }) => !settles || pending + persisted === 0,
      );
      const left = stats.pending + stats.persisted;
      this.must(!settles || left === 0, `a page still waits: ${JSON.stringify(stats)}`);
      this.must(tab.errors.length === 0, `thrown into the page: ${tab.errors}`);
    }
  }

  async stop() {
    for (const tab of this.tabs) await tab.close().catch(() => {});
    await this.proxy?.stop();
    await this.collector?.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Runs in the page: resolves when its database has something, if only the page's lease; rejects when it never has. */
async function firstWritten() {
  const result = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const patience = performance.now() + 20_000;
  for (let keys = 0; keys === 0; await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (performance.now() > patience) throw new Error('the page stored nothing for 20 s');
    const [found] = await indexedDB.databases();
    if (!found) continue;
    const database = await result(indexedDB.open(found.name));
    keys = await result(database.transaction('spans').objectStore('spans').count());
    database.close();
  }
}

/** Runs in the page before anything else: its wall clock is this far off, and can be moved. */
function ownClock(ms) {
  const { now } = Date;
  const { timeOrigin } = performance;
  let off = ms;
  Date.now = () => now() + off;
  Object.defineProperty(performance, 'timeOrigin', { get: () => timeOrigin + ms });
  globalThis.moveClock = (by) => {
    off += by;
  };
}
