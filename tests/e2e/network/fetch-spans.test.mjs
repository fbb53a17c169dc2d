// What tracedFetch records: spans with their network phases, errors, captured headers, the starting state.
import assert from 'node:assert/strict';
import { inEveryBrowser, spansOf, startWith } from './support/scenarios.mjs';

inEveryBrowser({
  'network phases come after the end, at the latest with a flush': async (context) => {
    await context.start();
    await context.run(async () => {
      const { t } = window;
      await (await t.tracedFetch('/echo?one')).text();
    });
    await context.page.waitForFunction(() => window.t.bufferedSpans().length === 1);
    const [one] = await context.run(() => window.t.bufferedSpans());
    const names = one.events.map(({ name }) => name);
    for (const name of ['fetchStart', 'requestStart', 'responseStart', 'responseEnd'])
      assert.ok(names.includes(name), `${name} among ${names}`);
    assert.ok(!names.includes('secureConnectionStart'), 'a plain connection');
    assert.equal(one.attributes['network.protocol.version'], '1.1');
    const times = one.events.map(({ timeUnixNano }) => BigInt(timeUnixNano));
    assert.ok(
      times.every((time, at) => at === 0 || time >= times[at - 1]),
      'in their order',
    );
    assert.ok(times[0] >= BigInt(one.startTimeUnixNano) - 2_000_000n);

    const [during, after] = await context.run(async () => {
      const { t } = window;
      t.clearBuffer();
      const response = await t.tracedFetch('/stream?n=20&ms=50');
      const { open, ended, kept } = t.stats();
      const during = [open, ended === kept, t.bufferedSpans().length];
      await t.flush();
      const after = t.bufferedSpans();
      await response.body.cancel();
      return [during, after];
    });
    assert.deepEqual(during, [0, true, 0], 'it has ended and shows nowhere');
    assert.equal(after.length, 1);
    assert.deepEqual(after[0].events, []);
  },

  'two requests to one URL at a time have no timing, one after the other have theirs': async (
    context,
  ) => {
    await context.start();
    await context.run(async () => {
      const { t } = window;
      const get = async () => (await t.tracedFetch('/slow?ms=30')).text();
      await Promise.all([get(), get()]);
      await new Promise((done) => setTimeout(done, 100));
      await t.flush();
      await get();
      await get();
    });
    const spans = await spansOf(context);
    const timed = spans.map(({ events }) => events.length > 0);
    // The entry of the one that began later may only be its own.
    assert.deepEqual(timed.slice(2), [true, true]);
    assert.equal(timed.length, 4);
  },

  'errors: status, network, abort, time limit': async (context) => {
    await context.start();
    await context.run(async () => {
      const { t } = window;
      const quiet = (promise) => promise.catch(() => {});
      await t.tracedFetch('/status?code=503&1');
      await quiet(t.tracedFetch('http://127.0.0.1:2/?2'));
      const aborted = new AbortController();
      const pending = quiet(t.tracedFetch('/slow?ms=500&3', { signal: aborted.signal }));
      aborted.abort();
      await pending;
      const because = new AbortController();
      because.abort({ my: 'reason' });
      await quiet(t.tracedFetch('/slow?ms=500&4', { signal: because.signal }));
      await quiet(t.tracedFetch('/slow?ms=500&5', { signal: AbortSignal.timeout(20) }));
    });
    const number = ({ attributes }) => Number(attributes['url.full'].at(-1));
    const spans = await spansOf(context);
    const seen = spans
      .toSorted((a, b) => number(a) - number(b))
      .map(({ attributes, status }) => [attributes['error.type'], status.code]);
    assert.deepEqual(seen, [
      ['503', 'error'],
      ['TypeError', 'error'],
      ['AbortError', 'unset'],
      ['AbortError', 'unset'],
      ['TimeoutError', 'error'],
    ]);
  },

  'starting: sent once without headers, recorded with its times': async (context) => {
    await context.open();
    const seen = await context.run(async () => {
      const { t } = window;
      const key = window.tok();
      const done = t.init({ serviceName: 'x', endpoint: null });
      const parent = t.startSpan('parent');
      const before = performance.now();
      const answers = [parent.fetch(`/echo?${key}`), t.tracedFetch(`/slow?ms=300&${key}`)];
      const during = t.stats().started;
      await done;
      await Promise.all(answers);
      parent.end();
      await new Promise((resolve) => setTimeout(resolve, 100));
      await t.flush();
      const start = BigInt(Math.round((performance.timeOrigin + before) * 1e6));
      const logs = await window.log(key);
      return {
        during,
        headers: logs.map(({ h }) => 'traceparent' in h || 'sentry-trace' in h),
        spans: t.bufferedSpans(),
        start: String(start),
        parentId: parent.spanId,
      };
    });
    assert.equal(seen.during, 0);
    assert.deepEqual(seen.headers, [false, false]);
    const child = seen.spans.find((span) => span.parentSpanId === seen.parentId);
    const slow = seen.spans.find((span) => span.attributes['url.full']?.includes('/slow'));
    assert.equal(child.attributes['http.response.status_code'], 200);
    assert.ok(BigInt(child.startTimeUnixNano) >= BigInt(seen.start) - 1_000_000n);
    assert.ok(BigInt(slow.endTimeUnixNano) - BigInt(slow.startTimeUnixNano) >= 290_000_000n);
  },

  'headers and URLs as asked for, redacted': async (context) => {
    await startWith(
      context,
      `{
        captureHeaders: { request: ['X-Own', 'authorization', 'absent', 'no name'], response: ['no name', 'content-type'] },
        redact: { url: (url) => (url.includes('boom') ? null : url.replace('visitor-7', 'visitor')) },
      }`,
    );
    await context.run(async () => {
      const headers = { 'x-own': 'v', authorization: 'Bearer s' };
      await window.t.tracedFetch('/echo/../echo?visitor-7&password=x#f', { headers });
      await window.t.tracedFetch('/echo?boom');
    });
    const [first, second] = (await spansOf(context)).map(({ attributes }) => attributes);
    const { origin } = context.site;
    assert.equal(first['url.full'], `${origin}/echo?visitor&password=REDACTED`);
    assert.deepEqual(first['http.request.header.x-own'], ['v']);
    assert.equal(String(first['http.request.header.authorization']), 'REDACTED');
    assert.deepEqual(first['http.response.header.content-type'], ['application/json']);
    assert.ok(!('http.request.header.absent' in first));
    assert.equal(second['url.full'], origin);
  },

  'starting: the page redacts and ignores from the start': async (context) => {
    await context.open();
    const urls = await context.run(async () => {
      const { t } = window;
      const done = t.init({
        serviceName: 'x',
        endpoint: null,
        ignoreUrls: ['/status'],
        redact: { url: (url) => url.replace('visitor-7', 'visitor') },
      });
      const page = t.tracePageLoad();
      await t.tracedFetch('/status?code=200');
      await t.tracedFetch('/echo?visitor-7');
      await done;
      await new Promise((resolve) => setTimeout(resolve, 100));
      await t.flush();
      page.end();
      return t.bufferedSpans().map(({ attributes }) => attributes['url.full'].split('?')[1]);
    });
    assert.ok(urls.includes('visitor'), `${urls}`);
    assert.ok(!urls.some((query) => /visitor-7/.test(query)), `${urls}`);
    // The document was asked for with a query of its own; its resources are none.
    assert.ok(!urls.includes('code=200'), `${urls}`);
  },

  'what is ignored is no resource of the page either': async (context) => {
    const head = '<script src="/echo?seen"></script><script src="/status?code=200"></script>';
    await context.start({ ignoreUrls: ['/status'] }, { head });
    await context.run(() => window.t.tracePageLoad());
    const paths = (await spansOf(context))
      .filter(({ name }) => name === 'resourceFetch')
      .map(({ attributes }) => new URL(attributes['url.full']).pathname);
    assert.deepEqual(paths, ['/echo']);
  },

  'no span for what tracelink loads itself, also after init': async (context) => {
    await context.open();
    const urls = await context.run(async () => {
      const { t } = window;
      const bytes = await (await fetch('/dist/tracelink.wasm')).arrayBuffer();
      await t.init({ serviceName: 'x', endpoint: null, wasm: { bytes } });
      await t.tracedFetch('/dist/inspect.js');
      await t.tracedFetch('/echo?else');
      await t.flush();
      return t.bufferedSpans().map(({ attributes }) => attributes['url.full'].split('/').at(-1));
    });
    assert.deepEqual(urls, ['echo?else']);
  },

  'from pkg alone, without the shell': async (context) => {
    await context.open();
    const seen = await context.run(async () => {
      const crate = await import('/pkg/tracelink.js');
      const exports = await crate.default({ module_or_path: '/pkg/tracelink_bg.wasm' });
      const ended = [];
      crate.install(exports, (name, ...args) => {
        ended.push(`${name} ${args.at(-1)}`);
        exports[name]?.(...args);
      });
      const { h } = await window.J(crate.tracedFetch('/echo', { headers: { 'x-a': '1' } }));
      const refused = await crate.tracedFetch('http://[').catch((error) => error.name);
      return [h.traceparent, h['x-a'], refused, ended.includes('end true')];
    });
    assert.match(seen[0], /^00-[\da-f]{32}-[\da-f]{16}-01$/);
    assert.deepEqual(seen.slice(1), ['1', 'TypeError', true]);
  },
});
