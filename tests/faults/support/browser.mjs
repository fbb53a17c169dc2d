// A browser with a profile that outlives it: killed and started again, or one of its renderers crashed.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from '../../e2e/harness/browsers.mjs';

/** Firefox comes back without its last pages and without asking about them. */
const PREFERENCES = {
  'browser.sessionstore.resume_from_crash': false,
  'toolkit.startup.max_resumed_crashes': -1,
};

/** Process ids below one, as the kernel tells them; what is gone meanwhile has none. */
async function descendants(pid) {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const found = [];
  for (const task of tasks) {
    const children = await readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '');
    for (const child of children.split(' ').filter(Boolean)) {
      found.push(Number(child), ...(await descendants(child)));
    }
  }
  return found;
}

/** Processor time that a process has had so far, in ticks; proc(5), `utime`. */
async function ticks(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[12] ?? 0);
}

/** Firefox does not tell which of its processes runs a page: it is the one that works while the page does. */
async function processOf(page, browserPid) {
  const pids = await descendants(browserPid);
  const before = await Promise.all(pids.map(ticks));
  await page.evaluate(() => {
    const end = performance.now() + 300;
    while (performance.now() < end);
  });
  const worked = (await Promise.all(pids.map(ticks))).map((now, at) => now - before[at]);
  return pids[worked.indexOf(Math.max(...worked))];
}

export class Browser {
  #profile;
  #running;
  #crashed = false;
  #own = false;

  constructor(name) {
    this.name = name;
  }

  /** The running browser, started when there is none; `preferences` are Firefox's. */
  async get(preferences) {
    if (this.#running?.connected) return this.#running;
    this.#profile ??= await mkdtemp(join(tmpdir(), 'tracelink-profile-'));
    this.#running = await launch(this.name, {
      profile: this.#profile,
      preferences: { ...PREFERENCES, ...preferences },
    });
    return this.#running;
  }

  /** SIGKILL to the browser and all of its processes, which are a group of their own. */
  async kill() {
    const child = this.#running.process();
    const gone = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-child.pid, 'SIGKILL');
    await gone;
    this.#running = undefined;
    // The driver puts the profile's own preferences back.
    while ((await readdir(this.#profile)).some((file) => file.endsWith('.puppeteer')))
      await sleep(20);
  }

  /** Ends the process that runs a page without a word to the page. */
  async crash(page) {
    if (this.name === 'chromium') {
      const session = await page.createCDPSession();
      const crashed = new Promise((resolve) => page.once('error', resolve));
      // There is nobody left to answer.
      session.send('Page.crash').catch(() => {});
      return crashed;
    }
    process.kill(await processOf(page, this.#running.process().pid), 'SIGKILL');
    this.#crashed = true;
  }

  /** The page's origin may store nothing; Firefox knows that from its start, by a preference. */
  async refuseQuota(page, origin) {
    if (this.name === 'firefox') return;
    const session = await page.createCDPSession();
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 0 });
  }

  /** Starts Firefox again with other preferences, until the fault is over. */
  async restart(preferences) {
    if (this.name !== 'firefox') return;
    await this.close();
    await this.get(preferences);
    this.#own = true;
  }

  /** To begin the next fault with: Firefox's driver loses its way after a crash. */
  async recover() {
    if (this.#crashed) await this.kill();
    else if (this.#own) await this.close();
    this.#crashed = this.#own = false;
  }

  /** Closes it in good order; the profile stays. */
  async close() {
    await this.#running?.close();
    this.#running = undefined;
  }

  async stop() {
    await this.close();
    if (this.#profile) await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
