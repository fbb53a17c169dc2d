// The waterfall in real browsers, on a real collector: keys, collapse, zoom, services, marks, large traces, odd clocks.
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
  untilHash,
  untilTexts,
  waitFor,
} from './viewer-page.mjs';

const TREE = [
  { id: 'a', name: 'root', ms: 100 },
  { id: 'b', parent: 'a', name: 'first child', at: 10, ms: 20 },
  { id: 'c', parent: 'b', name: 'grandchild', at: 12, ms: 5, error: 'no' },
  { id: 'd', parent: 'a', name: 'second child', at: 40, ms: 20 },
  { id: 'e', parent: 'ff', name: 'lost', at: 50, ms: 5 },
];
const ALL = TREE.map(({ name }) => name);

async function openTree(context, spans = TREE) {
  const traceId = newTraceId();
  await send(context.world.collectorUrl, 'tree', traceId, spans);
  await open(context, `#/trace/${traceId}`);
  await untilRows(
    context.page,
    spans.map(({ name }) => name),
  );
  return traceId;
}

const untilRows = (page, names) => untilTexts(page, '.row .label', names);
const untilFocused = (page, name) =>
  waitFor(
    page,
    (wanted) => globalThis.focused()?.querySelector?.('.label')?.textContent === wanted,
    name,
  );
const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};
/** Where a row's bar lies, in pixels from the left of its time. */
const bar = (page, name) =>
  page.evaluate((wanted) => {
    const row = globalThis
      .deep('.row')
      .find((one) => one.querySelector('.label').textContent === wanted);
    const time = row.querySelector('.time').getBoundingClientRect();
    const box = row.querySelector('.bar')?.getBoundingClientRect();
    return box && { left: box.left - time.left, width: box.width, whole: time.width };
  }, name);
const firstTick = (page) => texts(page, '.ticks span').then(([text]) => text);

inEveryBrowser({
  'the keys walk, fold and open': async (context) => {
    const { page } = context;
    await openTree(context);
    await press(page, 'ArrowDown');
    await untilFocused(page, 'first child');
    await press(page, 'ArrowLeft');
    await untilRows(page, ['root', 'first child', 'second child', 'lost']);
    await press(page, 'ArrowRight');
    await untilRows(page, ALL);
    await press(page, 'ArrowRight');
    await untilFocused(page, 'grandchild');
    await press(page, 'ArrowLeft');
    await untilFocused(page, 'first child');
    await press(page, 'End');
    await untilFocused(page, 'lost');
    await press(page, 'Home', 'ArrowDown');
    await untilFocused(page, 'first child');
    await press(page, 'Enter');
    await untilHash(page, `?span=${spanId('b')}`);
    await untilTexts(page, TITLE, ['first child']);
    await press(page, 'ArrowDown');
    await untilTexts(page, TITLE, ['grandchild']);
    await untilHash(page, `?span=${spanId('c')}`);
    await press(page, 'Escape');
    await waitFor(page, () => !location.hash.includes('span='));
    await untilTexts(page, TITLE, []);
    await press(page, 'n');
    await untilTexts(page, TITLE, ['grandchild']);
  },

  'collapsed spans say what they hide': async (context) => {
    const { page } = context;
    const traceId = await openTree(context);
    await click(page, 'button', 'Collapse all');
    await untilRows(page, ['root', 'lost']);
    await untilTexts(page, '.hidden-spans', ['+3 1']);
    assert.equal(await page.evaluate(() => globalThis.deep('.hidden-spans svg').length), 1);
    await click(page, '.toggle');
    await untilRows(page, ['root', 'first child', 'second child', 'lost']);
    await click(page, 'button', 'Expand all');
    await untilRows(page, ALL);
    await press(page, 'c');
    await untilRows(page, ['root', 'lost']);
    // A link into what is hidden opens it.
    await page.evaluate((hash) => location.replace(hash), `#/trace/${traceId}?span=${spanId('c')}`);
    await untilRows(page, ALL.slice(0, 3).concat(ALL.slice(3)));
    await press(page, 'c', 'e');
    await untilRows(page, ALL);
  },

  'roles and states tell the tree to those who listen': async (context) => {
    const { page } = context;
    await openTree(context);
    const rows = await page.evaluate(() =>
      globalThis
        .deep('[role=treegrid] [role=row]')
        .map((row) =>
          ['aria-rowindex', 'aria-level', 'aria-expanded', 'aria-selected', 'tabindex'].map(
            (name) => row.getAttribute(name),
          ),
        ),
    );
    assert.deepEqual(rows, [
      ['1', null, null, null, null],
      ['2', '1', 'true', 'false', '0'],
      ['3', '2', 'true', 'false', '-1'],
      ['4', '3', null, 'false', '-1'],
      ['5', '2', null, 'false', '-1'],
      ['6', '1', null, 'false', '-1'],
    ]);
    const [count] = await page.evaluate(() =>
      globalThis.deep('[role=treegrid]').map((grid) => grid.getAttribute('aria-rowcount')),
    );
    assert.equal(count, '6');
  },

  'time is zoomed with keys, buttons, and by dragging over the ruler and the overview': async (
    context,
  ) => {
    const { page } = context;
    await openTree(context);
    const whole = await bar(page, 'second child');
    assert.ok(Math.abs(whole.left - whole.whole * 0.4) < 2, JSON.stringify(whole));
    assert.equal(await firstTick(page), '0');
    assert.equal(
      await (await element(page, 'button', 'Zoom out')).evaluate((b) => b.disabled),
      true,
    );

    await press(page, 'ArrowDown', 'ArrowDown', 'ArrowDown');
    await untilFocused(page, 'second child');
    await press(page, 'z');
    await waitFor(page, () => globalThis.deep('.ticks span')[0].textContent !== '0');
    const close = await bar(page, 'second child');
    assert.ok(close.width > close.whole * 0.8, JSON.stringify(close));
    assert.deepEqual(await texts(page, '.outside.before'), ['◂ 20 ms', '◂ 5 ms']);
    await press(page, 'Shift+ArrowLeft'.split('+')[1]);
    await press(page, '0');
    await waitFor(page, () => globalThis.deep('.ticks span')[0].textContent === '0');

    await click(page, 'button', 'Zoom in');
    await waitFor(page, () => globalThis.deep('trace-minimap')[0].range.to < 100);
    await click(page, 'button', 'Show all of the time');
    await waitFor(page, () => globalThis.deep('trace-minimap')[0].range.to === 100);

    for (const place of ['.ticks', '.strip']) {
      const box = await (await element(page, place)).boundingBox();
      const y = box.y + box.height / 2;
      await page.mouse.move(box.x + box.width * 0.4, y);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.5, y, { steps: 3 });
      await page.mouse.move(box.x + box.width * 0.6, y, { steps: 3 });
      await page.mouse.up();
      const range = await waitFor(page, () => {
        const { from, to } = globalThis.deep('trace-minimap')[0].range;
        return from > 0 && { from, to };
      }).then((handle) => handle.jsonValue());
      assert.ok(
        Math.abs(range.from - 40) < 1 && Math.abs(range.to - 60) < 1,
        JSON.stringify(range),
      );
      await page.keyboard.down('Shift');
      await press(page, 'ArrowRight');
      await page.keyboard.up('Shift');
      await waitFor(
        page,
        (from) => globalThis.deep('trace-minimap')[0].range.from > from + 1,
        range.from,
      );
      await press(page, 'Escape');
      await waitFor(page, () => globalThis.deep('trace-minimap')[0].range.to === 100);
    }
  },

  'a chosen service stands out': async (context) => {
    const { world, page } = context;
    const traceId = newTraceId();
    await send(world.collectorUrl, 'web', traceId, [{ id: 'a', name: 'click', ms: 10 }]);
    await send(world.collectorUrl, 'api', traceId, [
      { id: 'b', parent: 'a', name: 'serve', ms: 5 },
    ]);
    await open(context, `#/trace/${traceId}`);
    await untilRows(page, ['click', 'serve']);
    const colours = await page.evaluate(() =>
      globalThis.deep('.row .bar').map((one) => getComputedStyle(one).backgroundColor),
    );
    assert.notEqual(colours[0], colours[1]);
    const dimmed = () => texts(page, '.row.dimmed .label', 0);
    assert.deepEqual(await dimmed(), []);
    await click(page, 'li button', 'api');
    await untilTexts(page, '.row.dimmed .label', ['click']);
    await click(page, 'button[aria-pressed=true]', 'api');
    await untilTexts(page, '.row.dimmed .label', []);
  },

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

  'words are found in the trace': async (context) => {
    const { page } = context;
    await openTree(context);
    await press(page, '/');
    await page.keyboard.type('child');
    await untilTexts(page, '.row.found .label', ['first child', 'grandchild', 'second child']);
    await untilTexts(page, '.found[role=status]', ['3 found']);
    await press(page, 'Enter');
    await untilTexts(page, TITLE, ['first child']);
    await press(page, 'Enter');
    await untilTexts(page, TITLE, ['grandchild']);
    await press(page, 'Escape');
    await untilTexts(page, '.row.found .label', []);
  },

  'the keys are shown by ?': async (context) => {
    const { page } = context;
    await openTree(context);
    await press(page, '?');
    await waitFor(page, () => globalThis.deep('dialog')[0].open);
    assert.ok((await texts(page, 'dialog dd', 5)).some((text) => text.includes('collapse')));
    await press(page, 'Escape');
    await waitFor(page, () => !globalThis.deep('dialog')[0].open);
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
  },
});
