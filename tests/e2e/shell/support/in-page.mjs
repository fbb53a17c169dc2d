// Runs a file's scenarios in every browser, each in a page of its own with the package at `t`.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BROWSERS, launch, openPage } from '../../harness/browsers.mjs';
import { startSite } from './site.mjs';

/** What tracelink itself printed: the browser's own lines do not start so. */
const ours = (printed) => printed.filter((line) => /^\w+: tracelink\b/.test(line));

/** The sums of `stats()`, whatever happened before. */
export function assertSums(stats) {
  const dropped = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0);
  const said = JSON.stringify(stats);
  assert.equal(stats.started, stats.open + stats.ended, said);
  const gone = stats.delivered + stats.pending + stats.persisted + stats.kept + dropped;
  assert.equal(stats.ended + stats.recovered, gone, said);
}

/** Ends so many spans in the page, each with this many bytes of attribute. */
export const spans = (run, count, size = 10, name = 's') =>
  run(
    (count, size, name) => {
      for (let index = 0; index < count; index++)
        window.t.startSpan(`${name}${index}`, { attributes: { fill: 'x'.repeat(size) } }).end();
    },
    count,
    size,
    name,
  );
/** `flush()` of the page. */
export const flush = (run) => run(() => window.t.flush());

/** Firefox reports a violated policy as an error of the page. */
const isPolicy = (error) => /^Content-Security-Policy/.test(error);

function contextOf({ page, printed, errors }, surroundings) {
  const { site } = surroundings;
  const context = {
    ...surroundings,
    page,
    printed,
    errors,
    /** Runs a function in the page. */
    run: (work, ...args) => page.evaluate(work, ...args),
    /** What tracelink printed since the last time. */
    said: () => ours(printed.splice(0)),
    /** Errors of the page since the last time. */
    thrown: () => errors.splice(0).filter((error) => !isPolicy(error)),
    /** Goes to a blank page; imports the package there unless `entry` is null. */
    async open({ entry = 'index', ...parameters } = {}) {
      await page.goto(site.page(parameters), { waitUntil: 'load' });
      // Tabs come and go beside this one, which hides it: only events that a scenario makes count.
      await page.evaluate(() => {
        const ignore = (event) => event.isTrusted && event.stopImmediatePropagation();
        addEventListener('visibilitychange', ignore, true);
      });
      if (entry) await context.load(entry);
    },
    load: (entry) =>
      page.evaluate(async (url) => {
        window.t = await import(url);
      }, `/dist/${entry}.js`),
    /** A page where tracing is on; `options` beside the service name. */
    async start(options = { endpoint: null }, parameters) {
      await context.open(parameters);
      const result = await page.evaluate((given) => {
        return window.t.init({ serviceName: 'page', ...given });
      }, options);
      assert.deepEqual(result, { ok: true });
    },
    /** `stats()`, with its sums checked. */
    async stats() {
      const stats = await page.evaluate(() => window.t.stats());
      assertSums(stats);
      return stats;
    },
  };
  return context;
}

async function runIn(opened, scenario, surroundings) {
  const context = contextOf(opened, surroundings);
  context.said();
  context.thrown();
  await scenario(context);
  assert.deepEqual(context.said(), [], 'printed and not asked for');
  assert.deepEqual(context.thrown(), [], 'thrown and not asked for');
}

/**
 * `concepts`: { states: { 'what must hold': async (context) => … } }. Nothing may be printed or thrown that was not
 * asked for. Scenarios share a tab, one after the other, since opening one costs more than most of them; those of
 * `apart` mostly wait, and run in tabs of their own: at the same time in Chromium, one by one in Firefox, where tabs
 * that open at once now and then never get to run a script.
 */
export function inEveryBrowser(concepts, apart = {}) {
  describe('browsers', { concurrency: true }, () => {
    for (const browserName of BROWSERS) {
      describe(browserName, { concurrency: 1 }, () => {
        const surroundings = { browserName };
        let tab;
        before(async () => {
          const [site, browser] = await Promise.all([startSite(), launch(browserName)]);
          Object.assign(surroundings, { site, browser });
        });
        after(async () => {
          await surroundings.browser?.close();
          await surroundings.site?.stop();
        });
        for (const [concept, scenarios] of Object.entries(concepts)) {
          describe(concept, { concurrency: 1 }, () => {
            for (const [name, scenario] of Object.entries(scenarios)) {
              test(name, { timeout: 30_000 }, async () => {
                tab ??= await openPage(surroundings.browser);
                // What the page before says as it goes, of files that it was still loading, is not this one's.
                await tab.page.goto('about:blank');
                await runIn(tab, scenario, surroundings);
              });
            }
          });
        }
        for (const [concept, scenarios] of Object.entries(apart)) {
          describe(concept, { concurrency: browserName === 'chromium' ? true : 1 }, () => {
            // With the shared tab open, Firefox never answers the first request for another one.
            before(async () => {
              await tab?.page.close();
              tab = undefined;
            });
            for (const [name, scenario] of Object.entries(scenarios)) {
              test(name, { timeout: 30_000 }, async () => {
                const opened = await openPage(surroundings.browser);
                await runIn(opened, scenario, surroundings);
                if (!opened.page.isClosed()) await opened.page.close();
              });
            }
          });
        }
      });
    }
  });
}
