// axe finds nothing on the list and on a trace, dark and light, wide and at 360 px; nothing is wider than the screen.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inEveryBrowser } from '../../tests/e2e/harness/scenarios.mjs';
import { send } from './otlp.mjs';
import {
  click,
  element,
  NARROW,
  NOTICE,
  newTraceId,
  open,
  spanId,
  TITLE,
  texts,
  untilTexts,
  WIDE,
} from './viewer-page.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Each violation with the elements that it is about. */
async function violations(page) {
  await page.evaluate(AXE);
  return page.evaluate(async (tags) => {
    const result = await globalThis.axe.run(document, { runOnly: tags });
    return result.violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.flat().join(' ')} ${node.failureSummary}`),
    );
  }, TAGS);
}

async function storeTrace(world) {
  const [traceId, other] = [newTraceId(), newTraceId()];
  const links = [{ traceId: other, spanId: spanId('a') }];
  await send(world.collectorUrl, 'page', other, [{ id: 'a', name: 'page load', ms: 3 }]);
  await send(world.collectorUrl, 'page', traceId, [
    { id: 'a', name: 'click', ms: 100, links, events: [['paint', 20]] },
    {
      id: 'b',
      parent: 'a',
      name: 'unfinished',
      at: 5,
      attributes: { 'tracelink.incomplete': true },
    },
  ]);
  await send(world.collectorUrl, 'api', traceId, [
    {
      id: 'c',
      parent: 'a',
      name: 'serve',
      at: 10,
      ms: 80,
      error: 'it broke',
      attributes: { 'http.route': '/' },
    },
    { id: 'd', parent: 'ff', name: 'lost', at: 50, ms: 5 },
    {
      id: 'e',
      parent: 'c',
      name: 'query',
      at: 12,
      ms: 5,
      links,
      events: [
        ['retry', 1],
        ['retry', 3],
      ],
    },
  ]);
  await send(world.collectorUrl, 'batch', other, [
    { id: 'f', name: 'report', links: [{ traceId, spanId: spanId('c') }] },
  ]);
  return traceId;
}

/** What the eye can meet: each brings the page into a state. */
const STATES = {
  list: async (context) => {
    await open(context, '#/', context.viewport);
    await texts(context.page, '.name a', 2);
  },
  'list with filters': async (context) => {
    await open(
      context,
      '#/?service=api&attribute=http.route:/&start=2020-01-01T00:00:00Z',
      context.viewport,
    );
    await texts(context.page, '.name a');
    if (context.viewport === NARROW) await click(context.page, 'button', 'Filters');
  },
  'empty list': async (context) => {
    await open(context, '#/?q=nothing-like-it', context.viewport);
    await untilTexts(context.page, NOTICE, ['No trace matches']);
  },
  trace: async (context) => {
    await open(context, `#/trace/${context.traceId}`, context.viewport);
    await texts(context.page, '.row .label', 5);
  },
  details: async (context) => {
    await open(context, `#/trace/${context.traceId}?span=${spanId('c')}`, context.viewport);
    await untilTexts(context.page, TITLE, ['serve']);
  },
  'collapsed, zoomed, one service chosen': async (context) => {
    await open(context, `#/trace/${context.traceId}`, context.viewport);
    await texts(context.page, '.row .label', 5);
    await click(context.page, 'li button', 'api');
    await click(context.page, 'button', 'Collapse all');
    await click(context.page, 'button', 'Zoom in');
    await texts(context.page, '.hidden-spans');
  },
  findings: async (context) => {
    await open(context, `#/trace/${context.traceId}`, context.viewport);
    await click(context.page, 'summary', 'Root cause');
    await element(context.page, 'details[open] .finding');
  },
  keys: async (context) => {
    await open(context, `#/trace/${context.traceId}`, context.viewport);
    await texts(context.page, '.row .label', 5);
    await context.page.keyboard.press('?');
    await element(context.page, 'dialog[open]');
  },
  'unknown trace': async (context) => {
    await open(context, `#/trace/${newTraceId()}`, context.viewport);
    await texts(context.page, NOTICE);
  },
};

const seen = {};
const scenarios = {
  'nothing is wider than a narrow screen': async (context) => {
    const { world, page } = context;
    const traceId = newTraceId();
    const long = 'a name that is longer than any screen of a telephone is wide '.repeat(4);
    await send(world.collectorUrl, 'a-service-with-a-long-name', traceId, [
      { id: 'a', name: long, attributes: { [long.replaceAll(' ', '.')]: long }, error: long },
    ]);
    const overflow = () =>
      page.evaluate(() =>
        globalThis
          .deep('*')
          .filter((one) => one.scrollWidth > one.clientWidth)
          .filter((one) => ['auto', 'scroll'].includes(getComputedStyle(one).overflowX))
          .map((one) => `${one.localName}.${one.className}`)
          .concat(document.documentElement.scrollWidth > innerWidth ? ['the page'] : []),
      );
    await open(context, '#/', NARROW);
    await texts(page, '.name a');
    assert.deepEqual(await overflow(), []);
    await click(page, 'button', 'Filters');
    assert.deepEqual(await overflow(), []);
    await open(context, `#/trace/${traceId}?span=${spanId('a')}`, NARROW);
    await texts(page, TITLE);
    assert.deepEqual(await overflow(), []);
    await page.goto(world.demoUrl, { waitUntil: 'load' });
    assert.deepEqual(await overflow(), []);
  },

  'whoever wants no motion sees none': async (context) => {
    const { page } = context;
    if (context.browserName !== 'chromium') return;
    await page.emulateMediaFeatures([{ name: 'prefers-reduced-motion', value: 'reduce' }]);
    await open(context, `#/trace/${await storeTrace(context.world)}`);
    await texts(page, '.row .label', 5);
    const moving = await page.evaluate(
      () =>
        globalThis
          .deep('*')
          .map((one) => getComputedStyle(one))
          .filter((style) => style.transitionDuration !== '0s' || style.animationName !== 'none')
          .length,
    );
    assert.equal(moving, 0);
  },
};

for (const [size, viewport] of Object.entries({ wide: WIDE, narrow: NARROW })) {
  for (const [state, bring] of Object.entries(STATES)) {
    seen[`axe finds nothing: ${state}, ${size}`] = async (context) => {
      const traceId = await storeTrace(context.world);
      await bring({ ...context, traceId, viewport });
      assert.deepEqual(await violations(context.page), []);
    };
  }
}

inEveryBrowser({ ...seen, ...scenarios });
inEveryBrowser(
  {
    'dark is dark': async (context) => {
      await open(context, '#/');
      const background = () => getComputedStyle(document.body).backgroundColor;
      assert.equal(await context.page.evaluate(background), 'rgb(16, 20, 26)');
    },
    ...seen,
  },
  undefined,
  { colorScheme: 'dark' },
);
