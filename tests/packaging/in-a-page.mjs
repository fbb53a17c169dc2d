// Loads a page in every browser and hands back what its script left behind.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BROWSERS, launch, openPage } from '../e2e/harness/browsers.mjs';

const WAIT_MS = 15_000;

/** `pages`: { 'what holds': { url: () => string, check: (outcome, { printed, errors }) => void } } */
export function inEveryBrowser(pages) {
  for (const name of BROWSERS) {
    describe(name, () => {
      let browser;
      before(async () => {
        browser = await launch(name);
      });
      after(() => browser?.close());
      for (const [what, { url, check }] of Object.entries(pages)) {
        test(what, async () => {
          const { page, printed, errors } = await openPage(browser);
          try {
            await page.goto(url(), { waitUntil: 'load' });
            const handle = await page
              .waitForFunction(() => window.outcome, { timeout: WAIT_MS })
              .catch(() => assert.fail(`no outcome; ${[...errors, ...printed].join('; ')}`));
            await check(await handle.jsonValue(), { printed, errors });
          } finally {
            await page.close();
          }
        });
      }
    });
  }
}

/** What every page must find when tracing works. */
export function assertTraced(outcome, { printed, errors }) {
  assert.equal(outcome.ok, true, `init refused: ${outcome.reason}`);
  assert.equal(outcome.text, 'hello\n');
  assert.match(outcome.value.traceId, /^(?!0{32})[0-9a-f]{32}$/);
  const work = outcome.spans.find((span) => span.name === 'work');
  assert.equal(work?.attributes.answer, 42);
  const request = outcome.spans.find((span) => span.name === 'GET');
  assert.equal(request?.attributes['http.response.status_code'], 200);
  assert.ok(outcome.stats.ended >= 2, JSON.stringify(outcome.stats));
  assert.deepEqual(errors, []);
  assert.deepEqual(printed, []);
}
