// The waterfall in real browsers, on a real collector: keys, collapse, roles, zoom, services, finding.
import assert from 'node:assert/strict';
import { inEveryBrowser } from '../../tests/e2e/harness/scenarios.mjs';
import { send } from './otlp.mjs';
import {
  click,
  element,
  newTraceId,
  open,
  spanId,
  TITLE,
  texts,
  untilHash,
  untilTexts,
  waitFor,
} from './viewer-page.mjs';
import {
  ALL,
  bar,
  firstTick,
  openTree,
  press,
  untilFocused,
  untilRows,
} from './waterfall-page.mjs';

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
    // So does the way to an error that is chosen already.
    await press(page, 'c');
    await untilRows(page, ['root', 'lost']);
    await press(page, 'n');
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
});
