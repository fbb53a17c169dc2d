// The viewer in real browsers, on a real collector: hostile spans, filters, keys, large traces, narrow screens.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { inEveryBrowser } from '../../tests/e2e/harness/scenarios.mjs';
import { send } from './otlp.mjs';

const newTraceId = () => randomBytes(16).toString('hex');
const WAIT = { timeout: 10_000 };

/** Runs in the page: everything below `document`, shadow trees too. */
const DEEP = `globalThis.deep = (selector) => {
  const found = [];
  const walk = (root) => {
    found.push(...root.querySelectorAll(selector));
    for (const element of root.querySelectorAll('*')) if (element.shadowRoot) walk(element.shadowRoot);
  };
  walk(document);
  return found;
};`;

async function open({ page, world }, hash) {
  await page.evaluateOnNewDocument(DEEP);
  await page.goto('about:blank');
  await page.goto(`${world.collectorUrl}/${hash}`, { waitUntil: 'load' });
}

/** The texts of all elements that match, once there are at least `least`. */
async function texts(page, selector, least = 1) {
  const read = (wanted, count) => {
    const found = globalThis.deep(wanted).map((element) => element.textContent.trim());
    return found.length >= count && found;
  };
  return (await page.waitForFunction(read, WAIT, selector, least)).jsonValue();
}

const waitFor = (page, condition, ...args) => page.waitForFunction(condition, WAIT, ...args);

inEveryBrowser({
  'what a span says is shown as text and never runs': async (context) => {
    const { world, page, printed, errors } = context;
    const traceId = newTraceId();
    const markup = '<img src=x onerror="window.ran = true">';
    await send(world.collectorUrl, `<b>${markup}</b>`, traceId, [
      {
        id: 'a1',
        name: markup,
        error: `<svg onload="window.ran = true">`,
        attributes: { [markup]: 'javascript:window.ran=true', 'url.full': 'javascript:alert(1)' },
      },
    ]);
    await open(context, '#/');
    assert.ok((await texts(page, '.name a')).includes(markup));
    await open(context, `#/trace/${traceId}?span=00000000000000a1`);
    const [title] = await texts(page, 'h2');
    assert.equal(title, markup);
    assert.ok((await texts(page, 'dt')).includes(markup));
    assert.deepEqual(
      await page.evaluate(() => [
        globalThis.ran === undefined,
        globalThis.deep('img, svg, b b').length,
        globalThis.deep('a').filter((a) => a.protocol === 'javascript:').length,
      ]),
      [true, 0, 0],
    );
    assert.deepEqual(errors, []);
    assert.deepEqual(
      printed.filter((line) => /content.security/i.test(line)),
      [],
      'the viewer keeps its own policy',
    );
  },

  'the address bar holds the filters': async (context) => {
    const { world, page } = context;
    const [good, bad] = [newTraceId(), newTraceId()];
    const service = `shop-${good.slice(0, 6)}`;
    await send(world.collectorUrl, service, good, [{ id: 'a', name: 'order placed' }]);
    await send(world.collectorUrl, service, bad, [{ id: 'a', name: 'order failed', error: 'no' }]);

    await open(context, `#/?service=${service}`);
    assert.deepEqual((await texts(page, '.name a', 2)).toSorted(), [
      'order failed',
      'order placed',
    ]);
    await open(context, `#/?service=${service}&status=error`);
    assert.deepEqual(await texts(page, '.name a'), ['order failed']);
    const [select] = await page.evaluate(() => globalThis.deep('select').map((s) => s.value));
    assert.equal(select, service);

    await page.evaluate(() => globalThis.deep('input[type=search]')[0].focus());
    await page.keyboard.type('nothing like it');
    await waitFor(page, () => location.hash.includes('q=nothing+like+it'));
    await waitFor(page, () =>
      globalThis.deep('.notice')[0]?.textContent.includes('No trace matches'),
    );
  },

  'a new trace appears by itself': async (context) => {
    const { world, page } = context;
    const service = `late-${newTraceId().slice(0, 6)}`;
    await open(context, `#/?service=${service}`);
    await waitFor(page, () => globalThis.deep('.notice').length === 1);
    await send(world.collectorUrl, service, newTraceId(), [{ id: 'a', name: 'came later' }]);
    assert.deepEqual(await texts(page, '.name a'), ['came later']);
  },

  'the waterfall is walked and folded with the keyboard': async (context) => {
    const { world, page } = context;
    const traceId = newTraceId();
    await send(world.collectorUrl, 'keys', traceId, [
      { id: 'a', name: 'root', ms: 100 },
      { id: 'b', parent: 'a', name: 'first child', at: 10, ms: 20 },
      { id: 'c', parent: 'b', name: 'grandchild', at: 12, ms: 5 },
      { id: 'd', parent: 'a', name: 'second child', at: 40, ms: 20 },
      { id: 'e', parent: 'ff', name: 'lost', at: 50, ms: 5 },
    ]);
    await open(context, `#/trace/${traceId}`);
    assert.deepEqual(await texts(page, '.row .label', 5), [
      'root',
      'first child',
      'grandchild',
      'second child',
      'lost',
    ]);
    assert.deepEqual(await texts(page, '.badge.warning'), ['orphan']);
    await page.evaluate(() => globalThis.deep('.row')[0].focus());
    await page.keyboard.press('ArrowDown');
    await waitFor(
      page,
      () => globalThis.deep('.row:focus .label')[0]?.textContent === 'first child',
    );
    await page.keyboard.press('ArrowLeft');
    await waitFor(page, () => globalThis.deep('.row').length === 4);
    await page.keyboard.press('Enter');
    await waitFor(page, () => location.hash.endsWith('?span=000000000000000b'));
    assert.deepEqual(await texts(page, 'h2'), ['first child']);
    await page.keyboard.press('Escape');
    await waitFor(page, () => !location.hash.includes('span='));
    await waitFor(page, () => globalThis.deep('h2').length === 0);
    await open(context, `#/trace/${traceId}?span=000000000000000c`);
    assert.deepEqual(await texts(page, 'h2'), ['grandchild']);
  },

  'a link leads to the other trace, and back': async (context) => {
    const { world, page } = context;
    const [click, load] = [newTraceId(), newTraceId()];
    const links = [{ traceId: load, spanId: '00000000000000a1' }];
    await send(world.collectorUrl, 'page', load, [{ id: 'a1', name: 'page load' }]);
    await send(world.collectorUrl, 'page', click, [{ id: 'b1', name: 'click', links }]);
    await open(context, `#/trace/${click}?span=00000000000000b1`);
    assert.deepEqual(await texts(page, '.links'), ['↗1']);
    await page.evaluate(() => globalThis.deep('.event a')[0].click());
    await waitFor(page, () => globalThis.deep('h2')[0]?.textContent === 'page load');
    await page.evaluate(() => globalThis.deep('.event a')[0].click());
    await waitFor(page, () => globalThis.deep('h2')[0]?.textContent === 'click');
    await page.goBack();
    await waitFor(page, () => globalThis.deep('h2')[0]?.textContent === 'page load');
  },

  'a trace of 5,000 spans draws what is in view': async (context) => {
    const { world, page } = context;
    const traceId = newTraceId();
    const spans = Array.from({ length: 5000 }, (_, i) => ({
      id: (i + 1).toString(16),
      ...(i > 0 && { parent: '1' }),
      name: `step ${i}`,
      at: i,
      ms: i === 0 ? 5000 : 1,
    }));
    await send(world.collectorUrl, 'large', traceId, spans);
    await open(context, `#/trace/${traceId}`);
    await texts(page, '.row .label', 10);
    const drawn = () => page.evaluate(() => globalThis.deep('.row').length);
    assert.ok((await drawn()) < 100, `${await drawn()} rows`);
    await page.evaluate(() => globalThis.deep('.row')[0].focus());
    await page.keyboard.press('End');
    await waitFor(page, () => globalThis.deep('.row:focus .label')[0]?.textContent === 'step 4999');
    assert.ok((await drawn()) < 100, `${await drawn()} rows`);
  },

  'nothing is wider than a narrow screen': async (context) => {
    const { world, page } = context;
    const traceId = newTraceId();
    const long = 'a name that is longer than any screen of a telephone is wide '.repeat(4);
    await send(world.collectorUrl, 'a-service-with-a-long-name', traceId, [
      { id: 'a', name: long, attributes: { [long.replaceAll(' ', '.')]: long } },
    ]);
    await page.setViewport({ width: 360, height: 640 });
    const overflow = () =>
      page.evaluate(() =>
        globalThis
          .deep('*')
          .filter((element) => element.scrollWidth > element.clientWidth)
          .filter((element) => ['auto', 'scroll'].includes(getComputedStyle(element).overflowX))
          .map((element) => `${element.localName}.${element.className}`)
          .concat(document.documentElement.scrollWidth > innerWidth ? ['the page'] : []),
      );
    await open(context, '#/');
    await texts(page, '.name a');
    assert.deepEqual(await overflow(), []);
    await open(context, `#/trace/${traceId}?span=000000000000000a`);
    await texts(page, 'h2');
    assert.deepEqual(await overflow(), []);
    await page.goto(world.demoUrl, { waitUntil: 'load' });
    await page.evaluate(DEEP);
    assert.deepEqual(await overflow(), []);
  },

  'an unknown trace and a false id are told apart': async (context) => {
    const { page } = context;
    await open(context, `#/trace/${newTraceId()}`);
    assert.match((await texts(page, '.notice strong'))[0], /does not know this trace/);
    await open(context, '#/trace/xyz');
    assert.match((await texts(page, '.notice strong'))[0], /not a trace id/);
  },
});
