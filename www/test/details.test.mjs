// A span's details in real browsers: what they say, links in both directions, permalinks, copying.
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

/** What the clipboard holds, by pasting it as a person would. */
async function pasted(page) {
  await page.evaluate(() => {
    const area = document.createElement('textarea');
    area.id = 'paste';
    document.body.append(area);
    area.focus();
  });
  await page.keyboard.down('Control');
  await page.keyboard.press('v');
  await page.keyboard.up('Control');
  const filled = () => document.querySelector('#paste').value || false;
  const text = await (await waitFor(page, filled)).jsonValue();
  await page.evaluate(() => document.querySelector('#paste').remove());
  return text;
}

async function copied(page, what) {
  await click(page, 'button', `Copy ${what}`);
  await untilTexts(page, '.heard[role=status]', [`Copied ${what}`]);
  return pasted(page);
}

inEveryBrowser({
  'everything a span recorded is there': async (context) => {
    const { world, page } = context;
    const traceId = newTraceId();
    await send(world.collectorUrl, 'shop', traceId, [
      {
        id: 'a1',
        name: 'pay',
        ms: 40,
        error: 'card declined',
        attributes: { 'http.route': '/pay', flag: true },
        events: [['retry', 12]],
      },
    ]);
    await open(context, `#/trace/${traceId}?span=${spanId('a1')}`);
    await untilTexts(page, TITLE, ['pay']);
    await untilTexts(page, 'h3', ['Attributes', 'Events', 'Resource']);
    await untilTexts(page, '.message', ['card declined']);
    const shown = await texts(page, 'dt, dd', 10);
    for (const text of [
      '40 ms',
      'error',
      spanId('a1'),
      traceId,
      'http.route',
      '/pay',
      'service.name',
      'shop',
    ]) {
      assert.ok(shown.includes(text), `${text} in ${shown}`);
    }
    await untilTexts(page, '.events .what', ['retry']);
    await element(page, '.events .number', '+12 ms');
    assert.equal(await page.title(), 'pay · trace');
  },

  'values, ids, the span and links to it are copied': async (context) => {
    const { world, page } = context;
    const traceId = newTraceId();
    const value = ' <b>two\nlines</b>\u202e ';
    await send(world.collectorUrl, 'shop', traceId, [
      { id: 'a1', name: 'pay', attributes: { 'card.note': value } },
    ]);
    await open(context, `#/trace/${traceId}?span=${spanId('a1')}`);
    await untilTexts(page, TITLE, ['pay']);
    assert.equal(await copied(page, 'card.note'), value);
    assert.equal(await copied(page, 'the span id'), spanId('a1'));
    assert.equal(await copied(page, 'the trace id'), traceId);
    const record = JSON.parse(await copied(page, 'the span as JSON'));
    assert.deepEqual(
      [record.spanId, record.attributes['card.note'], record.resource.attributes['service.name']],
      [spanId('a1'), value, 'shop'],
    );
    const link = `${world.collectorUrl}/#/trace/${traceId}`;
    assert.equal(await copied(page, 'a link to this trace'), link);
    const permalink = await copied(page, 'a link to this span');
    assert.equal(permalink, `${link}?span=${spanId('a1')}`);
    await page.goto('about:blank');
    await page.goto(permalink, { waitUntil: 'load' });
    await untilTexts(page, TITLE, ['pay']);
  },

  'links lead to the other trace and back, from the rows and from the details': async (context) => {
    const { world, page } = context;
    const [click1, click2, load] = [newTraceId(), newTraceId(), newTraceId()];
    const links = [{ traceId: load, spanId: spanId('a1') }];
    await send(world.collectorUrl, 'page', load, [
      { id: 'a1', name: 'page load', ms: 9 },
      { id: 'a2', parent: 'a1', name: 'resource' },
    ]);
    await send(world.collectorUrl, 'page', click1, [{ id: 'b1', name: 'click', links }]);
    await open(context, `#/trace/${click1}`);
    await click(page, '.row .link.out');
    await untilTexts(page, TITLE, ['page load']);
    await untilHash(page, `#/trace/${load}?span=${spanId('a1')}`);
    await click(page, '.row .link.in');
    await untilTexts(page, TITLE, ['click']);
    await click(page, '.links a');
    await untilTexts(page, TITLE, ['page load']);
    await click(page, '.linkedFrom a', 'click');
    await untilTexts(page, TITLE, ['click']);
    await page.goBack();
    await untilTexts(page, TITLE, ['page load']);

    // A second trace that links here is told while this one is open.
    await send(world.collectorUrl, 'page', click2, [{ id: 'c1', name: 'second click', links }]);
    await send(world.collectorUrl, 'page', load, [{ id: 'a3', parent: 'a1', name: 'late' }]);
    await untilTexts(page, '.row .link.in', ['↙2']);
    await untilTexts(page, '.linkedFrom .what', ['click', 'second click']);
  },

  'a link without a trace leads nowhere': async (context) => {
    const { world, page } = context;
    const traceId = newTraceId();
    await send(world.collectorUrl, 'page', traceId, [
      { id: 'a', name: 'click', links: [{ traceId: '', spanId: spanId('b') }] },
    ]);
    await open(context, `#/trace/${traceId}?span=${spanId('a')}`);
    await untilTexts(page, '.links li', [`↗ ${spanId('b')} in a trace without a valid id`]);
    const hrefs = await page.evaluate(() =>
      globalThis.deep('.link, .links a').map((one) => one.getAttribute('href')),
    );
    assert.deepEqual(hrefs, []);
  },

  'parents and equal values are a click away': async (context) => {
    const { world, page } = context;
    const [first, second] = [newTraceId(), newTraceId()];
    const attributes = { 'user.id': first.slice(0, 8) };
    await send(world.collectorUrl, 'shop', first, [
      { id: 'a', name: 'outer' },
      { id: 'b', parent: 'a', name: 'inner', attributes },
    ]);
    await send(world.collectorUrl, 'shop', second, [{ id: 'a', name: 'another', attributes }]);
    await open(context, `#/trace/${first}?span=${spanId('b')}`);
    await untilTexts(page, TITLE, ['inner']);
    await click(page, 'dd a', spanId('a'));
    await untilTexts(page, TITLE, ['outer']);
    await page.goBack();
    await untilTexts(page, TITLE, ['inner']);
    await click(page, 'a', 'Traces with this value of user.id');
    assert.deepEqual((await texts(page, '.name a', 2)).toSorted(), ['another', 'outer']);
    await untilHash(page, `attribute=user.id:${attributes['user.id']}`);
  },
});
