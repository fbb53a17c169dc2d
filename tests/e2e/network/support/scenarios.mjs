// Runs scenarios in every browser, each in a page of its own on a site of two origins, with the package at `t`.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BROWSERS, launch, openPage } from '../../harness/browsers.mjs';
import { startSite } from './site.mjs';

/** What the probes of tests/conformance/fetch_transparency.json call. */
function helpers() {
  window.thrown = [];
  addEventListener('error', (event) => window.thrown.push(event.message));
  window.native = window.fetch;
  const native = (...args) => window.native.call(window, ...args);
  window.J = async (promise) => (await promise).json();
  window.err = async (promise) => {
    try {
      const { status } = await promise;
      return { ok: true, status };
    } catch (error) {
      return { name: error.name, type: error.constructor.name };
    }
  };
  window.sync = (call) => {
    try {
      const promise = call();
      promise.catch(() => {});
      return { threw: false, promise: promise instanceof Promise };
    } catch {
      return { threw: true };
    }
  };
  window.tok = () => `k${Math.random().toString(36).slice(2)}`;
  window.log2 = (origin, key) => window.J(native(`${origin}/log?k=${key}`));
  window.log = (key) => window.log2('', key);
}

/** `scenarios`: { 'what must hold': async ({ site, page, browserName, open, start, run }) => … } */
export function inEveryBrowser(scenarios) {
  describe('browsers', { concurrency: true }, () => {
    for (const browserName of BROWSERS) {
      describe(browserName, { concurrency: 1 }, () => {
        let site;
        let browser;
        before(async () => {
          [site, browser] = await Promise.all([startSite(), launch(browserName)]);
        });
        after(async () => {
          await browser?.close();
          await site?.stop();
        });
        for (const [name, scenario] of Object.entries(scenarios)) {
          test(name, async () => {
            const { page } = await openPage(browser);
            const context = {
              site,
              page,
              browserName,
              run: (work, ...args) => page.evaluate(work, ...args),
              /** Goes to a page and imports the package there. */
              async open(parameters) {
                await page.goto(site.page(parameters), { waitUntil: 'load' });
                await page.evaluate(helpers);
                await page.evaluate(async () => {
                  window.t = await import('/dist/index.js');
                });
              },
              /** A page where tracing is on; `options` beside the service name. */
              async start(options = {}, parameters = {}) {
                await context.open(parameters);
                const all = { serviceName: 'page', endpoint: null, ...options };
                const result = await page.evaluate((given) => window.t.init(given), all);
                assert.deepEqual(result, { ok: true });
              },
            };
            try {
              await scenario(context);
              const thrown = await page.evaluate(() => window.thrown ?? []);
              assert.deepEqual(thrown, [], 'thrown into the page');
            } finally {
              await page.close();
            }
          });
        }
      });
    }
  });
}

/** Starts with options that cannot be sent as JSON: their source. */
export async function startWith(context, options) {
  await context.open();
  const result = await context.run(
    (source) =>
      window.t.init({
        serviceName: 'page',
        endpoint: null,
        ...new Function(`return ${source}`)(),
      }),
    options,
  );
  assert.deepEqual(result, { ok: true });
}

/** The spans after a flush. */
export const spansOf = ({ run }) =>
  run(async () => {
    await new Promise((done) => setTimeout(done, 100));
    await window.t.flush();
    return window.t.bufferedSpans();
  });
