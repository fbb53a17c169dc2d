// What the waterfall makes of spans, in real browsers: marks, odd clocks, spans that come later, ten thousand of them.
import assert from 'node:assert/strict';
import { inEveryBrowser } from '../../tests/e2e/harness/scenarios.mjs';
import { send } from './otlp.mjs';
import {
  click,
  element,
  newTraceId,
  open,
  rowNames,
  spanId,
  TITLE,
  texts,
  untilTexts,
  waitFor,
} from './viewer-page.mjs';
import { ALL, bar, openTree, press, untilFocused, untilRows } from './waterfall-page.mjs';

inEveryBrowser({
  'errors, events, orphans and unfinished spans are marked': async (context) => {
    const { page } = context;
    await openTree(context, [
      {
        id: 'a',
        name: 'load',
        ms: 100,
        events: [
          ['domInteractive', 20],
          ['loadEnd', 90],
        ],
      },
      { id: 'b', parent: 'a', name: 'broken', at: 10, ms: 20, error: 'no' },
      { id: 'c', parent: 'a', name: 'open', at: 30, attributes: { 'tracelink.incomplete': true } },
      { id: 'd', parent: 'ff', name: 'lost', at: 50, ms: 5 },
    ]);
    const marked = (selector) =>
      page.evaluate(
        (wanted) =>
          globalThis
            .deep(wanted)
            .map((mark) => mark.closest('.row')?.querySelector('.label').textContent)
            .filter(Boolean),
        selector,
      );
    assert.deepEqual(await marked('.error-mark[aria-label=Error]'), ['broken']);
    assert.deepEqual(await texts(page, '.row .badge.warning', 2), ['incomplete', 'orphan']);
    const events = await page.evaluate(() =>
      globalThis.deep('.event').map((one) => [one.dataset.names, one.style.left]),
    );
    assert.deepEqual(events, [
      ['domInteractive', '20%'],
      ['loadEnd', '90%'],
    ]);
    const shown = () =>
      page.evaluate(() => getComputedStyle(globalThis.deep('.event')[0], '::after').display);
    assert.equal(await shown(), 'none');
    await (await element(page, '.event')).hover();
    assert.equal(await shown(), 'block');
    const names = () =>
      page.evaluate(() => getComputedStyle(globalThis.deep('.events')[0]).opacity);
    assert.equal(await names(), '0');
    await press(page, 'Home');
    await untilFocused(page, 'load');
    assert.equal(await names(), '1');
    await untilTexts(page, '.events', ['2 events: domInteractive, loadEnd']);
  },

  'spans without length and clocks that differ are shown': async (context) => {
    const { page } = context;
    const traceId = await openTree(context, [
      { id: 'a', name: 'root', ms: 100 },
      { id: 'b', parent: 'a', name: 'early', at: -20, ms: 10 },
      { id: 'c', parent: 'a', name: 'backwards', at: 40, ms: -15 },
      { id: 'd', parent: 'a', name: 'instant', at: 100, ms: 0 },
    ]);
    for (const name of ['root', 'early', 'backwards', 'instant']) {
      const { left, width, whole } = await bar(page, name);
      assert.ok(
        width >= 2 && left >= -0.5 && left + width <= whole + 0.5,
        `${name} ${left} ${width}`,
      );
    }
    await open(context, `#/trace/${traceId}?span=${spanId('b')}`);
    await element(page, '.message', 'started 20 ms before its parent');
    await open(context, `#/trace/${traceId}?span=${spanId('c')}`);
    await element(page, '.message', 'ended 15 ms before it started');
  },

  'spans that arrive later appear, and the chosen one stays chosen': async (context) => {
    const { world, page } = context;
    const traceId = await openTree(context);
    await press(page, 'End');
    await untilFocused(page, 'lost');
    await press(page, 'Enter');
    await untilTexts(page, TITLE, ['lost']);
    await send(world.collectorUrl, 'tree', traceId, [
      { id: 'f', parent: 'a', name: 'third child', at: 45, ms: 100 },
    ]);
    await untilRows(page, [...ALL.slice(0, 4), 'third child', 'lost']);
    await untilTexts(page, TITLE, ['lost']);
    await untilFocused(page, 'lost');
    await press(page, 'ArrowUp');
    await untilFocused(page, 'third child');
  },

  'a span that is stored in a burst appears too': async (context) => {
    const { world, page } = context;
    const traceId = await openTree(context);
    await send(world.collectorUrl, 'tree', traceId, [
      { id: 'f', parent: 'a', name: 'told', at: 60 },
    ]);
    await untilRows(page, [...ALL.slice(0, 4), 'told', 'lost']);
    // More traces at once than the collector tells, of which those that came first are left out.
    const others = Array.from({ length: 300 }, () => ({
      id: 'a',
      name: 'another',
      traceId: newTraceId(),
    }));
    const one = { id: '9', parent: 'a', name: 'not told', at: 70 };
    await send(world.collectorUrl, 'tree', traceId, [one, ...others]);
    await untilRows(page, [...ALL.slice(0, 4), 'told', 'not told', 'lost']);
  },

  'parents that run in a circle are not called missing': async (context) => {
    const { page } = context;
    const traceId = await openTree(context, [
      { id: 'e', parent: 'ff', name: 'lost', at: 50, ms: 5 },
      { id: 'a', parent: 'b', name: 'first', ms: 100 },
      { id: 'b', parent: 'a', name: 'second', at: 10, ms: 20 },
    ]);
    await element(page, '.row .badge', 'or its parents run in a circle');
    for (const [id, says] of [
      ['a', 'Orphan: its parents run in a circle.'],
      ['e', 'Orphan: its parent is not in the database.'],
    ]) {
      await open(context, `#/trace/${traceId}?span=${spanId(id)}`);
      await untilTexts(page, '.message', [says]);
    }
  },

  'a trace of 10,000 spans draws what is in view': async (context) => {
    const { world, page } = context;
    const traceId = newTraceId();
    const spans = Array.from({ length: 10_000 }, (_, i) => ({
      id: (i + 1).toString(16),
      ...(i > 0 && { parent: i % 10 === 1 ? '1' : (i - ((i - 1) % 10) + 1).toString(16) }),
      name: `step ${i}`,
      at: i,
      ms: i === 0 ? 10_000 : 1,
    }));
    await send(world.collectorUrl, 'large', traceId, spans);
    await open(context, `#/trace/${traceId}`);
    await texts(page, '.row .label', 10);
    const drawn = () => page.evaluate(() => globalThis.deep('.row').length);
    assert.ok((await drawn()) < 100, `${await drawn()} rows`);
    await press(page, 'End');
    await untilFocused(page, 'step 9999');
    assert.ok((await drawn()) < 100, `${await drawn()} rows`);
    await press(page, 'c');
    await untilRows(page, ['step 0']);
    await untilTexts(page, '.hidden-spans', ['+9,999']);
    await press(page, 'ArrowRight');
    await waitFor(page, () => globalThis.deep('.row').length > 10);
    assert.deepEqual((await rowNames(page)).slice(0, 3), ['step 0', 'step 1', 'step 11']);
    await press(page, 'e', '/');
    await page.keyboard.type('step 7777');
    await press(page, 'Enter');
    await untilTexts(page, TITLE, ['step 7777']);
    await waitFor(page, () => {
      const row = globalThis.deep('.row[aria-selected=true]')[0];
      const { top, bottom } = row?.getBoundingClientRect() ?? {};
      return top > 0 && bottom < innerHeight;
    });
    assert.ok((await drawn()) < 100, `${await drawn()} rows`);
    // As large a trace is not fetched again without being asked for.
    await send(world.collectorUrl, 'large', traceId, [{ id: 'ffff', parent: '1', name: 'late' }]);
    await element(page, '.banner', '1 span arrived meanwhile.');
    await click(page, '.banner button', 'Show');
    await untilTexts(page, '.banner', []);
    await element(page, '.facts b', '10,001 spans');
  },
});
