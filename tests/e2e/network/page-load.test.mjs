// tracePageLoad: the document's span below the server's, its children, later navigations, what is left out.
import assert from 'node:assert/strict';
import { inEveryBrowser } from './support/scenarios.mjs';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const W3C = `00-${TRACE}-${SPAN}-01`;
const OTHER_TRACE = '1af7651916cd43dd8448eb211c80319d';
const SENTRY = `${OTHER_TRACE}-${SPAN}-1`;

const PHASES = [
  'fetchStart',
  'domainLookupStart',
  'domainLookupEnd',
  'connectStart',
  'secureConnectionStart',
  'connectEnd',
  'requestStart',
  'responseStart',
  'responseEnd',
];

const meta = (name, content) => `<meta name="${name}" content="${content}">`;
const serverTiming = (value) => JSON.stringify([['server-timing', value]]);

/** Starts tracing and traces the load; what `tracePageLoad` showed at once, and all spans after a flush. */
async function loadOf(context, parameters, options = {}) {
  await context.open(parameters);
  return finish(context, options);
}

async function finish({ run }, options = {}) {
  const found = await run(async (given) => {
    const { t } = window;
    const ready = t.init({ serviceName: 'page', endpoint: null, ...given.init });
    // Recorded while starting, or made when on.
    if (!given.starting) await ready;
    const span = t.tracePageLoad(given.name ?? 'home', { tenant: 'x' });
    const { traceId, traceparent } = span;
    span.end();
    span[Symbol.dispose]?.();
    await ready;
    await new Promise((done) => setTimeout(done, 150));
    await t.flush();
    const spans = t.bufferedSpans();
    return {
      traceId,
      traceparent,
      active: t.activeSpan() !== undefined,
      spans,
      stats: t.stats(),
    };
  }, options);
  return { ...found, load: found.spans.find(({ name }) => name === 'documentLoad') };
}

const placeOf = ({ load }) => [load.traceId === TRACE, load.parentSpanId];

inEveryBrowser({
  'the document, its request and its resources': async (context) => {
    const { origin } = context.site;
    const head = `<link rel="stylesheet" href="/echo?style&token=s"><script src="/dist/noop.js" type="module"></script>`;
    const { load, spans, traceId, active, stats } = await loadOf(context, { head });
    assert.equal(active, false);
    assert.equal(load.traceId, traceId);
    assert.equal(load.parentSpanId ?? '', '');
    assert.equal(load.kind, 'internal');
    assert.equal(load.attributes['page.name'], 'home');
    assert.equal(load.attributes.tenant, 'x');
    assert.match(load.attributes['url.full'], new RegExp(`^${origin}/page`));
    const names = load.events.map(({ name }) => name);
    for (const name of ['domInteractive', 'domComplete', 'loadEventEnd'])
      assert.ok(names.includes(name), `${name} among ${names}`);
    const fetched = spans.find(({ name }) => name === 'documentFetch');
    assert.equal(fetched.parentSpanId, load.spanId);
    const phases = fetched.events.map(({ name }) => name);
    // Firefox now and then says that a fetch started before its document: that is left out.
    const expected = await context.run((all) => {
      const [entry] = performance.getEntriesByType('navigation');
      return all.filter((name) => entry[name] > 0 || (name === 'fetchStart' && entry[name] === 0));
    }, PHASES);
    assert.deepEqual(phases, expected);
    assert.ok(expected.length >= 4, `${expected}`);
    const start = await context.run(() => performance.timeOrigin);
    assert.ok(Math.abs(Number(load.startTimeUnixNano) / 1e6 - start) < 1);
    const end = load.events.find(({ name }) => name === 'loadEventEnd').timeUnixNano;
    assert.equal(load.endTimeUnixNano, end);
    const resources = spans.filter(({ name }) => name === 'resourceFetch');
    assert.deepEqual(
      resources.map(({ attributes, parentSpanId, kind }) => [
        attributes['url.full'],
        parentSpanId,
        kind,
      ]),
      [[`${origin}/echo?style&token=REDACTED`, load.spanId, 'internal']],
      'without our own files',
    );
    assert.deepEqual([stats.open, stats.started], [0, 3]);
  },

  'resources: the slowest, the rest counted, none of later': async (context) => {
    const links = ['ms=10&a', 'ms=500&b', 'ms=20&c', 'ms=250&d'];
    const head = links.map((query) => `<link rel="stylesheet" href="/slow?${query}">`).join('');
    await context.open({ head });
    await context.run(async () => (await fetch('/echo?late')).text());
    const init = { pageLoad: { resources: 2 } };
    const { load, spans } = await finish(context, { init });
    const urls = spans
      .filter(({ name }) => name === 'resourceFetch')
      .map(({ attributes }) => attributes['url.full'].split('&')[1]);
    assert.deepEqual(urls.toSorted(), ['b', 'd']);
    const { attributes } = load;
    assert.equal(attributes['tracelink.resources.count'], 4);
    assert.equal(attributes['tracelink.resources.dropped'], 2);
  },

  'the context of the server: meta before Server-Timing, W3C before Sentry': async (context) => {
    const table = [
      [{ head: meta('traceparent', W3C) }, [true, SPAN]],
      [{ head: meta('sentry-trace', `${TRACE}-${SPAN}`) }, [true, SPAN]],
      [{ headers: serverTiming(`traceparent;desc="${W3C}"`) }, [true, SPAN]],
      [{ headers: serverTiming(`trace;desc=${W3C}`) }, [true, SPAN]],
      [{ headers: serverTiming(`db;dur=1, sentry-trace;desc=${TRACE}-${SPAN}-1`) }, [true, SPAN]],
      [
        {
          head: meta('traceparent', W3C),
          headers: serverTiming(`traceparent;desc="00-${OTHER_TRACE}-${SPAN}-01"`),
        },
        [true, SPAN],
      ],
      [
        {
          head: meta('traceparent', 'broken'),
          headers: serverTiming(`traceparent;desc="${W3C}"`),
        },
        [true, SPAN],
      ],
      [{ head: meta('traceparent', `00-${'0'.repeat(32)}-${SPAN}-01`) }, [false, undefined]],
    ];
    for (const starting of [false, true])
      for (const [parameters, expected] of table) {
        const found = await loadOf(context, parameters, { starting });
        const said = JSON.stringify([parameters, starting]);
        assert.deepEqual(placeOf(found), expected, said);
        assert.equal(found.traceId, found.load.traceId, `${said} at once`);
      }
  },

  'baggage of the document travels on; another trace of Sentry is a link': async (context) => {
    await context.open({
      head: meta('sentry-trace', SENTRY) + meta('baggage', 'sentry-release=7,other=1'),
    });
    const headers = await context.run(async () => {
      const { t } = window;
      await t.init({ serviceName: 'page', endpoint: null });
      const page = t.tracePageLoad();
      return (await window.J(page.fetch('/echo'))).h;
    });
    assert.equal(headers.traceparent.slice(3, 35), OTHER_TRACE);
    assert.match(headers.baggage, /sentry-release=7/);
    const both = meta('traceparent', W3C) + meta('sentry-trace', SENTRY);
    const { load } = await loadOf(context, { head: both });
    assert.equal(load.traceId, TRACE);
    assert.deepEqual(
      load.links.map(({ traceId }) => traceId),
      [OTHER_TRACE],
    );
  },

  'an incoming decision holds: not sampled': async (context) => {
    const head = meta('traceparent', W3C.replace(/01$/, '00'));
    const { spans, stats, traceparent } = await loadOf(context, { head });
    assert.equal(traceparent.slice(0, 35), W3C.slice(0, 35));
    assert.deepEqual([spans, stats.started, stats.notSampled], [[], 0, 1]);
  },

  'a stale context is a link': async (context) => {
    const minutesAgo = (minutes) => Date.now() - minutes * 60_000;
    const old = meta('trace-time', minutesAgo(3));
    const table = [
      { head: meta('traceparent', W3C) + old },
      { head: old, headers: serverTiming(`traceparent;desc="${W3C}"`) },
      {
        headers: serverTiming(`traceparent;desc="${W3C}", trace-time;desc="${minutesAgo(3)}"`),
      },
    ];
    for (const parameters of table) {
      const { load } = await loadOf(context, parameters);
      assert.notEqual(load.traceId, TRACE);
      assert.equal(load.parentSpanId ?? '', '');
      assert.deepEqual(
        load.links.map(({ traceId, spanId, attributes }) => [traceId, spanId, attributes]),
        [[TRACE, SPAN, { 'tracelink.link': 'stale' }]],
      );
    }
    const young = { head: meta('traceparent', W3C) + meta('trace-time', minutesAgo(1)) };
    assert.deepEqual(placeOf(await loadOf(context, young)), [true, SPAN]);
  },

  'a page from the cache is stale': async (context) => {
    const headers = JSON.stringify([['cache-control', 'max-age=600']]);
    const parameters = { head: meta('traceparent', W3C), headers, cached: Math.random() };
    const first = await loadOf(context, parameters);
    assert.equal(first.load.traceId, TRACE);
    await context.page.goto('about:blank');
    await context.page.goto(context.site.page({ elsewhere: 1 }));
    // A navigation to the same address, which the cache answers.
    await context.page.goto(context.site.page(parameters), { waitUntil: 'load' });
    const size = await context.run(() => {
      const [entry] = performance.getEntriesByType('navigation');
      return entry.transferSize < entry.encodedBodySize + 300;
    });
    assert.equal(size, true, 'the browser took it from its cache');
    await context.run(async () => {
      window.t = await import('/dist/index.js');
    });
    const second = await finish(context);
    assert.notEqual(second.load.traceId, TRACE);
    assert.equal(second.load.links[0].traceId, TRACE);
  },

  'root spans link to the page, later calls start navigations': async (context) => {
    await context.start();
    const { spans, ids } = await context.run(async () => {
      const { t } = window;
      const ids = [];
      const note = (span) => ids.push(span.spanId);
      note(t.tracePageLoad('first'));
      t.startSpan('one').end();
      note(t.tracePageLoad('second', { step: 2 }));
      t.startSpan('two').end();
      await new Promise((done) => setTimeout(done, 1500));
      note(t.tracePageLoad());
      await new Promise((done) => setTimeout(done, 1500));
      await t.flush();
      return { spans: t.bufferedSpans(), ids };
    });
    const named = (name) => spans.filter((span) => span.name === name);
    const links = (span) => span.links.map(({ spanId, attributes }) => [spanId, attributes]);
    const page = { 'tracelink.link': 'page' };
    assert.deepEqual(links(named('documentLoad')[0]), []);
    assert.deepEqual(links(named('one')[0]), [[ids[0], page]]);
    const [second, third] = named('navigation');
    assert.deepEqual([second.spanId, links(second)], [ids[1], [[ids[0], page]]]);
    assert.deepEqual([second.attributes['page.name'], second.attributes.step], ['second', 2]);
    assert.deepEqual(links(named('two')[0]), [[ids[1], page]]);
    assert.deepEqual([third.spanId, links(third)], [ids[2], [[ids[1], page]]]);
    assert.ok(!('page.name' in third.attributes));
    assert.ok(third.attributes['url.full'].startsWith(context.site.origin));
    assert.equal(spans.filter(({ parentSpanId }) => parentSpanId).length, 1, 'documentFetch');
  },

  'a page that is hidden before its load ends it as incomplete': async (context) => {
    await context.page.goto(
      context.site.page({ head: '<link rel="stylesheet" href="/slow?ms=3000">' }),
      { waitUntil: 'commit' in context.page ? 'commit' : 'domcontentloaded' },
    );
    const load = await context.run(async () => {
      window.thrown = [];
      const t = await import('/dist/index.js');
      await t.init({ serviceName: 'page', endpoint: null });
      t.tracePageLoad();
      const before = t.bufferedSpans().length;
      Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
      Object.defineProperty(document, 'hidden', { get: () => true });
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
      const spans = t.bufferedSpans();
      return [before, spans.find(({ name }) => name === 'documentLoad')?.attributes];
    });
    assert.equal(load[0], 0);
    assert.equal(load[1]?.['tracelink.incomplete'], true);
  },

  'shutdown before the load ends it, and tells nothing of it to the next init': async (context) => {
    await context.page.goto(
      context.site.page({ head: '<link rel="stylesheet" href="/slow?ms=1500">' }),
      { waitUntil: 'commit' in context.page ? 'commit' : 'domcontentloaded' },
    );
    const [first, second] = await context.run(async () => {
      window.thrown = [];
      const t = await import('/dist/index.js');
      const first = [];
      t.onSpanEnd(({ name }) => first.push(name));
      await t.init({ serviceName: 'page', endpoint: null });
      t.tracePageLoad();
      await t.shutdown();
      await t.init({ serviceName: 'page', endpoint: null });
      if (document.readyState !== 'complete')
        await new Promise((done) => addEventListener('load', done));
      await new Promise((done) => setTimeout(done, 150));
      return [first, t.bufferedSpans().map(({ name }) => name)];
    });
    assert.ok(first.includes('documentLoad'), `${first}`);
    assert.deepEqual(second, []);
  },

  'a page without the timing that we read': async (context) => {
    await context.open();
    await context.run(() => {
      Performance.prototype.getEntriesByType = () => {
        throw new Error('patched');
      };
      Document.prototype.querySelector = () => {
        throw new Error('patched');
      };
    });
    const { load, spans } = await finish(context);
    assert.equal(spans.length, 1);
    assert.equal(load.attributes['page.name'], 'home');
  },

  'off, and after a refusal: a span that does nothing': async (context) => {
    await context.open();
    const seen = await context.run(async () => {
      const { t } = window;
      const span = t.tracePageLoad('off');
      span.setAttribute('a', 1).end();
      await t.init({ serviceName: 'page', endpoint: null });
      t.tracePageLoad('on');
      await new Promise((done) => setTimeout(done, 150));
      return [span.sampled, t.bufferedSpans().at(-1)?.attributes['page.name']];
    });
    assert.deepEqual(seen, [false, 'on']);
  },

  'from pkg alone, without the shell': async (context) => {
    await context.open({ head: meta('traceparent', W3C) });
    const seen = await context.run(async () => {
      const crate = await import('/pkg/tracelink.js');
      const exports = await crate.default({ module_or_path: '/pkg/tracelink_bg.wasm' });
      crate.install(exports);
      exports.setNumberOption(4, 100);
      const handle = crate.tracePageLoad();
      await new Promise((done) => setTimeout(done, 150));
      const length = exports.retained(0);
      const bytes = new Uint8Array(exports.memory.buffer, exports.outputAddress(), length);
      const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
      return [handle > 0, text];
    });
    assert.ok(seen[0]);
    assert.ok(seen[1].includes('documentFetch') && seen[1].includes('documentLoad'));
    const bytes = (hex) => Buffer.from(hex, 'hex').toString('latin1');
    assert.ok(seen[1].includes(bytes(TRACE)) && seen[1].includes(bytes(SPAN)));
  },
});
