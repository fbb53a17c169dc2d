// The list of traces in real browsers, on a real collector: filters in the address bar, live tail, failures in words.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { inEveryBrowser } from '../../tests/e2e/harness/scenarios.mjs';
import { send } from './otlp.mjs';
import {
  click,
  element,
  NOTICE,
  newTraceId,
  open,
  texts,
  untilHash,
  untilTexts,
  waitFor,
} from './viewer-page.mjs';

const NAMES = '.name a';
const filterValue = (page, label) =>
  page.evaluate((name) => globalThis.deep(`[aria-label="${name}"]`)[0]?.value, label);

/** Stands before the collector, knows who follows its tail, and can be told to refuse everything. */
async function startGate(target) {
  const gate = { refuse: false, followers: 0, url: '' };
  const server = createServer(async (request, response) => {
    if (gate.refuse) return request.socket.destroy();
    const answer = await fetch(new URL(request.url, target));
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') });
    if (!answer.body) return response.end();
    const reader = answer.body.getReader();
    const tail = request.url === '/api/tail';
    if (tail) gate.followers += 1;
    request.socket.on('close', () => {
      if (tail) gate.followers -= 1;
      reader.cancel().catch(() => {});
    });
    for (;;) {
      const { done, value } = await reader.read().catch(() => ({ done: true }));
      if (done) return response.end();
      response.write(value);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  gate.url = `http://127.0.0.1:${server.address().port}`;
  gate.cut = () => server.closeAllConnections();
  gate.stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return gate;
}

inEveryBrowser({
  'every filter stands in the address bar and is read from it': async (context) => {
    const { world, page } = context;
    const service = `shop-${newTraceId().slice(0, 6)}`;
    const store = (name, more) =>
      send(world.collectorUrl, service, newTraceId(), [{ id: 'a', name, ...more }]);
    await store('order placed', { ms: 50, attributes: { 'user.id': '42' } });
    await store('order failed', { ms: 500, error: 'no', attributes: { 'user.id': '7' } });

    const both = ['order failed', 'order placed'];
    await open(context, `#/?service=${service}`);
    assert.deepEqual((await texts(page, NAMES, 2)).toSorted(), both);
    assert.equal(await filterValue(page, 'Service'), service);
    const cases = [
      ['status=error', 'order failed', 'Status', 'error'],
      ['status=ok', 'order placed', 'Status', 'ok'],
      ['min_duration_ms=100', 'order failed', 'Shortest duration in milliseconds', '100'],
      ['max_duration_ms=100', 'order placed', 'Longest duration in milliseconds', '100'],
      ['q=placed', 'order placed', 'Search', 'placed'],
      ['attribute=user.id:42&since=1h', 'order placed', 'Time', '1h'],
    ];
    for (const [query, name, label, value] of cases) {
      await open(context, `#/?service=${service}&${query}`);
      await untilTexts(page, NAMES, [name]);
      assert.equal(await filterValue(page, label), value, query);
    }
    await untilTexts(page, 'li .mono', ['user.id:42']);
    await open(
      context,
      `#/?service=${service}&start=2001-01-01T00:00:00Z&end=2001-01-02T00:00:00Z`,
    );
    await untilTexts(page, NOTICE, ['No trace matches']);
    assert.match(await filterValue(page, 'Started after'), /^200[01]-/);
    assert.equal(await filterValue(page, 'Time'), 'custom');
  },

  'what is chosen goes into the address bar, and Back takes it out again': async (context) => {
    const { world, page } = context;
    const service = `shop-${newTraceId().slice(0, 6)}`;
    const attributes = { 'user.id': '42' };
    await send(world.collectorUrl, service, newTraceId(), [{ id: 'a', name: 'one', attributes }]);
    await send(world.collectorUrl, service, newTraceId(), [{ id: 'a', name: 'two', error: 'no' }]);
    await open(context, `#/?service=${service}`);
    await texts(page, NAMES, 2);

    await (await element(page, 'select', 'Status')).select('error');
    await untilHash(page, 'status=error');
    await untilTexts(page, NAMES, ['two']);
    await (await element(page, 'select', 'Status')).select('');
    await waitFor(page, () => !location.hash.includes('status'));
    await (await element(page, 'input', 'Attribute and value')).focus();
    await page.keyboard.type('user.id:42');
    await page.keyboard.press('Enter');
    await untilHash(page, 'attribute=user.id:42');
    await untilTexts(page, NAMES, ['one']);
    await click(page, 'button', 'Remove user.id:42');
    await waitFor(page, () => !location.hash.includes('attribute'));
    await texts(page, NAMES, 2);
    await (await element(page, 'input', 'Search')).focus();
    await page.keyboard.type('nothing like it');
    await untilHash(page, 'q=nothing+like+it');
    await untilTexts(page, NOTICE, ['No trace matches']);

    await page.goBack();
    await texts(page, NAMES, 2);
    assert.equal(await filterValue(page, 'Search'), '');
    await page.goBack();
    await untilTexts(page, 'li .mono', ['user.id:42']);
    await page.goBack();
    await page.goBack();
    await untilTexts(page, NAMES, ['two']);
    assert.equal(await filterValue(page, 'Status'), 'error');
    await page.goForward();
    await texts(page, NAMES, 2);
  },

  'a date that is still being typed filters nothing': async (context) => {
    const { page } = context;
    const put = (text) =>
      page.evaluate((value) => {
        const [input] = globalThis.deep('[aria-label="Started after"]');
        input.value = value;
        input.dispatchEvent(new Event('change', { bubbles: true }));
      }, text);
    await open(context, '#/');
    await (await element(page, 'select', 'Time')).select('custom');
    const date = await element(page, 'input', 'Started after');
    const before = await page.evaluate(() => history.length);
    for (const year of ['0002', '0020', '0202', '2500']) await put(`${year}-05-05T05:05:05`);
    assert.equal(await page.evaluate(() => location.hash), '#/');
    await put('2026-05-05T05:05:05');
    await untilHash(page, 'start=2026-05-0');
    assert.equal(await page.evaluate(() => history.length), before + 1);
    // Wide enough for all of its fields, the last of which is AM or PM.
    const room = await date.evaluate((input) => {
      const given = input.getBoundingClientRect().width;
      input.style.width = 'max-content';
      return given - input.getBoundingClientRect().width;
    });
    assert.ok(room >= 0, `${room} px`);
  },

  'a trace id in the search opens the trace, and the way back is the list as it was': async (
    context,
  ) => {
    const { world, page } = context;
    const traceId = newTraceId();
    const service = `way-${traceId.slice(0, 6)}`;
    await send(world.collectorUrl, service, traceId, [{ id: 'a', name: 'here' }]);
    await open(context, `#/?service=${service}`);
    await texts(page, NAMES);
    await page.keyboard.press('/');
    // At once, as ids are pasted: the search takes what was typed when a slow hand rests.
    await page.evaluate(
      (text) => document.execCommand('insertText', false, text),
      traceId.toUpperCase(),
    );
    await untilTexts(page, 'h1', ['here']);
    await click(page, 'a', 'All traces');
    await untilTexts(page, NAMES, ['here']);
    assert.equal(await page.evaluate(() => location.hash), `#/?service=${service}`);
  },

  'older traces are fetched, and a list is where it was left': async (context) => {
    const { world, page } = context;
    const service = `many-${newTraceId().slice(0, 6)}`;
    for (let i = 0; i < 60; i += 1) {
      await send(world.collectorUrl, service, newTraceId(), [{ id: 'a', name: `n${i}.`, at: i }]);
    }
    const newest = Array.from({ length: 60 }, (_, i) => `n${59 - i}.`);
    await open(context, `#/?service=${service}`);
    await untilTexts(page, NAMES, newest.slice(0, 50));
    await click(page, 'button', 'Older traces');
    await untilTexts(page, NAMES, newest);
    await (await element(page, NAMES, 'n3.')).click();
    await untilTexts(page, 'h1', ['n3.']);
    await page.goBack();
    await untilTexts(page, NAMES, newest);
    await waitFor(page, () => globalThis.deep('.scroll')[0].scrollTop > 100);
  },

  'a new trace appears by itself, unless paused': async (context) => {
    const { world, page } = context;
    const service = `late-${newTraceId().slice(0, 6)}`;
    const store = (name) => send(world.collectorUrl, service, newTraceId(), [{ id: 'a', name }]);
    const gate = await startGate(world.collectorUrl);
    try {
      await open({ page, world: { collectorUrl: gate.url } }, `#/?service=${service}`);
      await untilTexts(page, NOTICE, ['No trace matches']);
      await element(page, '.live.on', 'Live');
      await store('came later');
      await untilTexts(page, NAMES, ['came later']);
      assert.equal(gate.followers, 1);
      await click(page, '.live');
      await element(page, '.live', 'Paused');
      // Nobody follows, so that nothing can be told.
      while (gate.followers > 0) await sleep(20);
      await store('unseen');
      assert.deepEqual(await texts(page, NAMES), ['came later']);
      await page.mouse.move(5, 5);
      await click(page, '.live');
      await waitFor(page, () => globalThis.deep('.name a').length === 2);
    } finally {
      gate.stop();
    }
  },

  'rows do not move under the pointer': async (context) => {
    const { world, page } = context;
    const service = `still-${newTraceId().slice(0, 6)}`;
    const store = (name, at) =>
      send(world.collectorUrl, service, newTraceId(), [{ id: 'a', name, at }]);
    await store('first', 0);
    await open(context, `#/?service=${service}`);
    await untilTexts(page, NAMES, ['first']);
    await element(page, '.live.on', 'Live');
    await (await element(page, 'tbody tr')).hover();
    await store('second', 10);
    await element(page, '.waiting', '1 new trace');
    assert.deepEqual(await texts(page, NAMES), ['first']);
    await store('third', 20);
    await element(page, '.waiting', '2 new traces');
    await click(page, '.waiting');
    await untilTexts(page, NAMES, ['third', 'second', 'first']);
    await (await element(page, 'tbody tr')).hover();
    await store('fourth', 30);
    await element(page, '.waiting', '1 new trace');
    await page.mouse.move(400, 10);
    await untilTexts(page, NAMES, ['fourth', 'third', 'second', 'first']);
  },

  'a collector that went away is waited for': async (context) => {
    const { world, page } = context;
    const service = `gone-${newTraceId().slice(0, 6)}`;
    const store = (name, at) =>
      send(world.collectorUrl, service, newTraceId(), [{ id: 'a', name, at }]);
    await store('before', 0);
    const gate = await startGate(world.collectorUrl);
    try {
      await open({ page, world: { collectorUrl: gate.url } }, `#/?service=${service}`);
      await untilTexts(page, NAMES, ['before']);
      await element(page, '.live.on', 'Live');
      gate.refuse = true;
      gate.cut();
      await element(page, '.live.lost', 'Reconnecting');
      await element(page, '.banner', 'The collector does not answer.');
      assert.deepEqual(await texts(page, NAMES), ['before'], 'what was there stays');
      await store('meanwhile', 10);
      gate.refuse = false;
      await untilTexts(page, NAMES, ['meanwhile', 'before']);
      await element(page, '.live.on', 'Live');
      await waitFor(page, () => globalThis.deep('.banner').length === 0);
      await store('after', 20);
      await untilTexts(page, NAMES, ['after', 'meanwhile', 'before']);
    } finally {
      gate.stop();
    }
  },

  'what the collector refuses is told in its words': async (context) => {
    const { page } = context;
    await open(context, `#/?q=${'x'.repeat(201)}`);
    await element(page, '.banner', 'The collector answered 400: q: want a text of at most 200');
  },

  'an unknown trace, a false id and an unknown span are told apart': async (context) => {
    const { world, page } = context;
    const traceId = newTraceId();
    await open(context, `#/trace/${traceId}`);
    await untilTexts(page, NOTICE, ['The collector does not know this trace.']);
    await send(world.collectorUrl, 'late', traceId, [{ id: 'a', name: 'arrived after all' }]);
    await untilTexts(page, 'h1', ['arrived after all']);
    await open(context, '#/trace/xyz');
    await untilTexts(page, NOTICE, ['This is not a trace id']);
    await open(context, `#/trace/${traceId}?span=00000000000000ff`);
    await untilTexts(page, '.banner', ['This trace has no span 00000000000000ff.']);
  },
});
