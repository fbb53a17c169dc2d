// What a tab keeps of flows and its session: nothing redacted, within bounds, until it is erased, whatever the storage does.
import assert from 'node:assert/strict';
import { begin, fresh, pass, stored } from './support/flow-pages.mjs';

const FLOW = ['flow.name', 'flow.id'];

export const kept = {
  'nothing redacted is kept': async (context) => {
    const { start, open, run } = context;
    await fresh(context);
    await start({
      endpoint: null,
      session: 'tab',
      redact: { attributes: ['ssn', 'pin'], queryParameters: ['promo'], emails: true },
    });
    const attributes = {
      ssn: 'SECRET',
      pin: 987654321,
      'url.full': 'https://u:SECRET@h.example/a?token=SECRET&promo=SECRET&page=2#SECRET',
      'http.request.header.authorization': ['SECRET'],
      list: ['https://h.example/?code=SECRET', 'plain'],
      mail: 'SECRET@h.example',
      'https://h.example/?key=SECRET': 1,
    };
    const first = await begin(run, 'pay https://h.example/?code=SECRET', attributes);
    // What the next page finds before it does anything.
    await open();
    const kept = JSON.stringify(await stored(run));
    assert.match(kept, /REDACTED/);
    assert.doesNotMatch(kept, /SECRET|987654321/);
    await run(() => window.t.init({ serviceName: 'x', endpoint: null }));
    const { 'session.id': _, ...flow } = first;
    assert.deepEqual(await pass(run, 'pay https://h.example/?code=SECRET'), flow);
  },

  'a page without flows and session keeps nothing and loads nothing for it': async (context) => {
    const { site, start, run } = context;
    await fresh(context);
    site.requested.length = 0;
    await start();
    await run(() => window.t.withSpan('a', () => {}));
    assert.deepEqual(await stored(run), {});
    await start();
    assert.deepEqual(await stored(run), {});
    assert.ok(!site.requested.includes('/dist/tab.js'), String(site.requested));
  },

  'a storage that is refused, full or full of something else: no continuation, no error': async (
    context,
  ) => {
    const { start, load, open, run } = context;
    const init = (options) =>
      run((given) => window.t.init({ serviceName: 'x', endpoint: null, ...given }), options);
    for (const breakIt of [
      () =>
        Object.defineProperty(window, 'sessionStorage', {
          get() {
            throw new DOMException('no', 'SecurityError');
          },
        }),
      () => {
        for (const name of ['getItem', 'setItem', 'removeItem'])
          Storage.prototype[name] = () => {
            throw new DOMException('full', 'QuotaExceededError');
          };
      },
    ]) {
      await fresh(context);
      await run(() => {
        sessionStorage.tracelink = 'x';
      });
      await open({ entry: null });
      await run(breakIt);
      await load('index');
      assert.deepEqual(await init({ session: 'tab' }), { ok: true });
      const first = await begin(run, 'checkout');
      assert.match(first['session.id'], /^[\da-f]{32}$/);
      await run(() => window.t.shutdown({ discard: true }));
    }
    const odd =
      '\x1a\x12\x0a\x09flow.name\x12\x05\x0a\x03odd\x1a\x0e\x0a\x07flow.id\x12\x03\x0a\x01';
    for (const text of [
      '{"a":1}',
      ';nothing',
      '\x1a',
      `\x1a${'\xff'.repeat(30)}`,
      odd,
      `${odd}\u20ac`,
      '\x1a\x00'.repeat(10_000),
      `${odd}7`.repeat(500),
    ]) {
      await fresh(context);
      await run((text) => {
        sessionStorage.tracelink = text;
      }, text);
      await start({ endpoint: null, session: 'tab' });
      const flow = await begin(run, 'checkout');
      assert.equal(flow['flow.name'], 'checkout', text);
      assert.match(flow['session.id'], /^[\da-f]{32}$/, text);
    }
  },

  'what is kept is bounded': async (context) => {
    const { start, open, run } = context;
    await fresh(context);
    await start();
    await run(async () => {
      const { t } = window;
      const never = () => new Promise(() => {});
      for (const odd of [5n, Symbol('s'), () => {}, Number.NaN, { a: 1 }, [{}]])
        t.traceFlow(`odd ${typeof odd}`, { attributes: { odd, even: 2 } }, never);
      const many = Array.from({ length: 500 }, (_, index) => [`k${index}`, 'x'.repeat(10_000)]);
      t.traceFlow('large', { attributes: Object.fromEntries(many) }, never);
      for (let index = 0; index < 1000; index++) t.traceFlow(`f${index}`, never);
    });
    await open();
    const { tracelink } = await stored(run);
    assert.ok(tracelink.length < 2 * 8192, `${tracelink.length} characters`);
    await start();
    await pass(run, 'another');
    const { tracelink: left } = await stored(run);
    assert.equal(left.match(/flow\.id/g).length, 8, 'the latest');
    assert.equal(left.slice(0, 30), tracelink.slice(0, 30));
  },

  'session: one id for the tab, on every span; none by default': async (context) => {
    const { start, run, page, site } = context;
    await fresh(context);
    const idsOf = () =>
      run(async () => {
        const { t } = window;
        t.tracePageLoad();
        t.startSpan('a', { links: [{ context: { traceparent: '' } }] }).end();
        t.traceMessage('{}', () => {});
        await t.tracedFetch('/page');
        await t.flush();
        const spans = t.bufferedSpans();
        return [
          spans.length,
          [...new Set(spans.map((span) => span.attributes['session.id'] ?? 'none'))],
        ];
      });
    const options = { endpoint: null, session: 'tab' };
    await start(options);
    const [count, [id, ...others]] = await idsOf();
    assert.ok(count >= 4);
    assert.match(id, /^[\da-f]{32}$/);
    assert.deepEqual(others, []);
    assert.deepEqual(await stored(run), { tracelink: `;${id}` });
    await start(options);
    assert.deepEqual((await idsOf())[1], [id]);
    await start();
    assert.deepEqual((await idsOf())[1], ['none'], 'a page that did not ask for it has none');
    // A window that the page opens has a session of its own, though the browser copies what is kept.
    await start(options);
    const flow = await begin(run, 'checkout');
    const opened = new Promise((resolve) => page.once('popup', resolve));
    await run((url) => void window.open(url, '_blank', 'popup'), site.page());
    const popup = await opened;
    await popup.waitForFunction(
      () => location.pathname === '/page' && document.readyState === 'complete',
    );
    const other = await popup.evaluate(async () => {
      const t = await import('/dist/index.js');
      await t.init({ serviceName: 'popup', endpoint: null, session: 'tab' });
      t.traceFlow('checkout', () => {});
      return t.bufferedSpans()[0].attributes;
    });
    await popup.close();
    assert.match(other['session.id'], /^[\da-f]{32}$/);
    for (const key of ['session.id', 'flow.id']) assert.notEqual(other[key], flow[key]);
  },

  'shutdown: flows end; with discard, what the tab keeps is erased': async (context) => {
    const { start, open, run } = context;
    for (const discard of [false, true]) {
      await fresh(context);
      await start({ endpoint: null, session: 'tab' });
      const first = await begin(run, 'checkout');
      await run((discard) => window.t.shutdown({ discard }), discard);
      assert.equal('tracelink' in (await stored(run)), !discard);
      await run(() => window.settle());
      await start({ endpoint: null, session: 'tab' });
      const second = await pass(run, 'checkout');
      assert.equal(second['session.id'] === first['session.id'], !discard);
      assert.notEqual(second['flow.id'], first['flow.id']);
    }
    // Also where tracing was never on.
    await open();
    assert.ok((await stored(run)).tracelink);
    await run(() => window.t.shutdown({ discard: true }));
    assert.deepEqual(await stored(run), {});
  },

  'without the file that keeps: one warning, everything else works': async (context) => {
    const { start, run, page, said, thrown, browserName } = context;
    await fresh(context);
    if (browserName === 'firefox') return;
    await page.setRequestInterception(true);
    const answer = (request) =>
      request.url().endsWith('/dist/tab.js') ? request.abort() : request.continue();
    page.on('request', answer);
    try {
      await start({ endpoint: null, session: 'tab' });
      assert.deepEqual(Object.keys(await begin(run, 'checkout', { a: 1 })), ['a', ...FLOW]);
      await pass(run, 'checkout');
    } finally {
      page.off('request', answer);
      await page.setRequestInterception(false);
    }
    assert.equal(said().length, 1);
    thrown();
  },
};
