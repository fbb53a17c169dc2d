// A browser with a profile that outlives it: killed and started again, or one of its renderers crashed.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch } from '../../e2e/harness/browsers.mjs';

/** Firefox comes back without its last pages and without asking about them, and each site has a process of its own. */
const PREFERENCES = {
  'fission.webContentIsolationStrategy': 1,
  'browser.sessionstore.resume_from_crash': false,
  'toolkit.startup.max_resumed_crashes': -1,
};

/** Process ids below one, as the kernel tells them. */
async function descendants(pid) {
  const found = [];
  for (const task of await readdir(`/proc/${pid}/task`)) {
    const children = await readFile(`/proc/${pid}/task/${task}/children`, 'utf8');
    for (const child of children.split(' ').filter(Boolean)) {
      found.push(Number(child), ...(await descendants(child)));
    }
  }
  return found;
}

/** The processes in which Firefox runs pages of sites, by the first letters of their name. */
async function contentProcesses(pid) {
  const found = [];
  for (const below of await descendants(pid)) {
    const name = await readFile(`/proc/${below}/comm`, 'utf8').catch(() => '');
    if (name.startsWith('Isolated Web')) found.push(below);
  }
  return found;
}

export class Browser {
  #profile;
  #running;
  #crashed = false;

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
    const renderers = await contentProcesses(this.#running.process().pid);
    if (renderers.length === 0) throw new Error('no content process of Firefox was found');
    for (const pid of renderers) process.kill(pid, 'SIGKILL');
    this.#crashed = true;
  }

  /** To begin the next fault with: Firefox's driver loses its way after a crash. */
  async recover() {
    if (this.#crashed) await this.kill();
    this.#crashed = false;
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
