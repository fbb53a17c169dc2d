// Runs the scenarios of one front end in every browser, each in a page of its own with a real collector.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { startCollector } from '../../../../scripts/start/services.mjs';
import { BROWSERS, launch, openPage } from '../../../e2e/harness/browsers.mjs';
import { CollectorClient } from '../../../e2e/harness/collector-client.mjs';
import { startSite } from './site.mjs';

/** Both, unless INTEROP_BROWSERS names some. */
const chosen = process.env.INTEROP_BROWSERS?.split(',') ?? BROWSERS;
const WAIT = { timeout: 15_000 };

/** A page with its recipes and the real libraries, as development builds of them. */
async function bundle(page) {
  const result = await build({
    entryPoints: [fileURLToPath(new URL(`../pages/${page}`, import.meta.url))],
    bundle: true,
    format: 'esm',
    external: ['tracelink'],
    jsx: 'automatic',
    define: {
      'process.env.NODE_ENV': '"development"',
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    write: false,
    logLevel: 'warning',
  });
  return result.outputFiles[0].text;
}

/** A random trace, and the message fields that name a span of it. */
export function someContext() {
  const hex = (bytes) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('hex');
  const [traceId, spanId] = [hex(16), hex(8)];
  return { traceId, spanId, carrier: { traceparent: `00-${traceId}-${spanId}-01` } };
}

/** Polls until `condition()` holds. */
export async function eventually(what, condition) {
  for (const end = Date.now() + WAIT.timeout; !(await condition()); await sleep(20))
    if (Date.now() > end) throw new Error(`not after ${WAIT.timeout} ms: ${what}`);
}

/** `page`: a file in pages/. `scenarios`: { 'what must hold': async ({ site, traces, page, open, run, until }) => … } */
export function inEveryBrowser(page, scenarios) {
  const script = bundle(page);
  for (const browserName of chosen)
    describe(browserName, () => {
      let folder;
      let collector;
      let site;
      let browser;
      before(async () => {
        folder = await mkdtemp(join(tmpdir(), 'tracelink-front-ends-'));
        collector = await startCollector({ port: 0, database: join(folder, 'traces.db') });
        [site, browser] = await Promise.all([startSite(await script), launch(browserName)]);
      });
      after(async () => {
        await browser?.close();
        await site?.stop();
        await collector?.stop();
        await rm(folder, { recursive: true, force: true });
      });
      for (const [what, scenario] of Object.entries(scenarios))
        test(what, async () => {
          const opened = await openPage(browser);
          const run = (work, ...given) => opened.page.evaluate(work, ...given);
          const until = (condition, ...given) =>
            opened.page
              .waitForFunction(condition, WAIT, ...given)
              .then((handle) => handle.jsonValue());
          try {
            await scenario({
              ...opened,
              site,
              collectorUrl: collector.url,
              traces: new CollectorClient(collector.url),
              run,
              until,
              /** Opens the page and waits until tracing is on; the page reads its settings from the query. */
              async open(settings = {}) {
                const all = { collector: collector.url, sink: site.sinkUrl, ...settings };
                await opened.page.goto(`${site.url}/?${new URLSearchParams(all)}`, {
                  waitUntil: 'load',
                });
                await until(() => window.started);
              },
            });
          } finally {
            await opened.page.close();
          }
        });
    });
}
