// A build that is started on the demo page is one trace through five services, read back span by span.
import assert from 'node:assert/strict';
import { request, text } from '../../../examples/build-pipeline/test/tree.mjs';
import { inEveryBrowser } from '../harness/scenarios.mjs';
import {
  assertOnScreen,
  finishedBuild,
  isOnScreen,
  showsBuild,
  startBuild,
  withoutScreen,
} from './support/build-page.mjs';

const CLICK = text([
  'click start-build [internal demo-page]',
  ['POST [client demo-page]', request()],
]);

inEveryBrowser(
  {
    'a build is one tree, from the click to every change on screen': async (context) => {
      const { world, page, errors } = context;
      const traceId = await startBuild(context);
      const shown = await finishedBuild(page, traceId);
      assert.deepEqual(shown.states, ['done', 'done', 'done']);
      assert.match(shown.summary, /^Completed in \d+\.\d s$/);
      const link = await page.$eval('#build-trace', (anchor) => anchor.href);
      assert.equal(link, `${world.collectorUrl}/#/trace/${traceId}`);

      const spans = await world.traces.waitForSpans(
        traceId,
        (rows) => isOnScreen(rows) && withoutScreen(rows) === CLICK,
      );
      assertOnScreen(spans, new URL(world.buildApiUrl).host);
      for (const { name, status } of spans) assert.notEqual(status.code, 'error', name);
      // The build API is another origin than the page: the headers went there all the same.
      const post = spans.find(({ name, kind }) => name === 'POST' && kind === 'client');
      assert.equal(post.attributes['url.full'], `${world.buildApiUrl}/api/builds`);
      assert.deepEqual(errors, []);
    },

    'another page that is open sees the build too, in the same trace': async (context) => {
      const { world, page } = context;
      const other = await page.browser().newPage();
      try {
        await other.goto(world.demoUrl, { waitUntil: 'load' });
        await page.bringToFront();
        const traceId = await startBuild(context);
        await showsBuild(other, traceId);
      } finally {
        await other.close();
      }
    },

    'a page that is opened after the build shows how it went': async (context) => {
      const { world, page } = context;
      const traceId = await startBuild(context);
      const shown = await finishedBuild(page, traceId);
      await page.goto(world.demoUrl, { waitUntil: 'load' });
      assert.deepEqual(await finishedBuild(page, traceId), shown);
    },
  },
  { pipeline: { env: { STEP_MS: '100' } } },
);
