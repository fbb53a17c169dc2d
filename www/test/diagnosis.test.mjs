// What the collector found wrong with a trace, on the trace's page.
import assert from 'node:assert/strict';
import { inEveryBrowser } from '../../tests/e2e/harness/scenarios.mjs';
import { send } from './otlp.mjs';
import {
  click,
  NARROW,
  newTraceId,
  open,
  spanId,
  TITLE,
  texts,
  untilHash,
  untilTexts,
  waitFor,
} from './viewer-page.mjs';
import { openTree } from './waterfall-page.mjs';

const HEADLINE = 'summary .told';

/** Opens the findings, for those who see them as for those who hear them. */
async function openFindings(page) {
  await click(page, 'summary', 'Root cause');
  await waitFor(page, () => globalThis.deep('details[open]').length === 1);
}

inEveryBrowser({
  'the root cause stands above the waterfall, and each finding leads to its span': async (
    context,
  ) => {
    const { page, errors } = context;
    await openTree(context);
    await untilTexts(page, HEADLINE, ['grandchild of tree failed: no']);
    await untilTexts(page, 'summary .more', ['2 findings']);
    await openFindings(page);
    await untilTexts(page, '.finding .told', [
      'grandchild of tree failed: no',
      'The parent of lost of tree never arrived',
    ]);
    await click(page, '.finding button', 'never arrived');
    await untilTexts(page, TITLE, ['lost']);
    await untilHash(page, `?span=${spanId('e')}`);
    assert.deepEqual(errors, []);
  },

  'a trace with which nothing is wrong says nothing, until something is': async (context) => {
    const { world, page } = context;
    const traceId = await openTree(context, [{ id: 'a', name: 'root', ms: 100 }]);
    assert.deepEqual(await page.evaluate(() => globalThis.deep('details')), []);
    await send(world.collectorUrl, 'tree', traceId, [
      { id: 'b', parent: 'a', name: 'later', ms: 5, error: 'broke' },
    ]);
    await untilTexts(page, HEADLINE, ['later of tree failed: broke']);
  },

  'it fits at 360 px': async (context) => {
    const { world, page } = context;
    const traceId = newTraceId();
    const name = 'long-name-without-a-space-'.repeat(20);
    await send(world.collectorUrl, name, traceId, [{ id: 'a', name, ms: 5, error: name }]);
    await open(context, `#/trace/${traceId}`, NARROW);
    await texts(page, HEADLINE);
    await openFindings(page);
    await texts(page, '.finding .told');
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= NARROW.width, `${width} px`);
    const inside = await page.evaluate(() =>
      globalThis
        .deep('.told, .finding button, .more')
        .every((one) => one.getBoundingClientRect().right <= innerWidth),
    );
    assert.ok(inside, 'all of it is on the screen');
  },
});
