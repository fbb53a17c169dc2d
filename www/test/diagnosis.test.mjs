// What the collector found wrong with a trace, on the trace's page.
import assert from 'node:assert/strict';
import { inEveryBrowser } from '../../tests/e2e/harness/scenarios.mjs';
import { send } from './otlp.mjs';
import {
  click,
  element,
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
import { ALL, openTree, press, untilRows } from './waterfall-page.mjs';

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

  'a span that ends after all is diagnosed anew': async (context) => {
    const { world, page } = context;
    const open = { id: 'b', parent: 'a', name: 'slow', at: 5, ms: 50 };
    const traceId = await openTree(context, [
      { id: 'a', name: 'root', ms: 100 },
      { ...open, attributes: { 'tracelink.incomplete': true } },
    ]);
    await texts(page, '.row .badge.warning');
    assert.deepEqual(await page.evaluate(() => globalThis.deep('details')), []);
    // Nothing but its end was missing, and it ended when its page did.
    await send(world.collectorUrl, 'tree', traceId, [{ ...open, error: 'broke' }]);
    await untilTexts(page, HEADLINE, ['slow of tree failed: broke']);
    await untilTexts(page, '.row .badge.warning', []);
  },

  'the keyboard opens it, and its span is shown again where it was folded away': async (
    context,
  ) => {
    const { page } = context;
    await openTree(context);
    await (await element(page, 'summary', 'Root cause')).focus();
    await press(page, 'Enter');
    await waitFor(page, () => globalThis.deep('details[open]').length === 1);
    await press(page, ' ');
    await waitFor(page, () => globalThis.deep('details[open]').length === 0);
    await untilTexts(page, TITLE, []);
    await press(page, 'Enter');
    await click(page, '.finding button', 'failed: no');
    await untilTexts(page, TITLE, ['grandchild']);
    await click(page, 'button', 'Collapse all');
    await untilRows(page, ['root', 'lost']);
    await click(page, '.finding button', 'failed: no');
    await untilRows(page, ALL);
    await untilTexts(page, TITLE, ['grandchild']);
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
