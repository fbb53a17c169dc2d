// What tracedFetch records and sends along: headers by targets, spans with their network phases, the starting state.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { inEveryBrowser } from './support/scenarios.mjs';

const DEFAULTS = new URL('../../conformance/propagation_targets.json', import.meta.url);
const { page: PAGE, cases: TARGETS } = JSON.parse(readFileSync(DEFAULTS, 'utf8'));

const REMOTE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const UNSAMPLED = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';

/** Which of the URLs get a `traceparent`, without sending anything. */
const attached = ({ run }, urls) =>
  run(async (list) => {
    const seen = [];
    window.fetch = async (request) => {
      seen.push(request.headers.has('traceparent'));
      return new Response();
    };
    for (const url of list) await window.t.tracedFetch(url);
    window.fetch = window.native;
    return seen;
  }, urls);

/** Starts with options that cannot be sent as JSON: their source. */
async function startWith(context, options) {
  await context.open();
  const result = await context.run(
    (source) =>
      window.t.init({
        serviceName: 'page',
        endpoint: null,
        ...new Function(`return ${source}`)(),
      }),
    options,
  );
  assert.deepEqual(result, { ok: true });
}

/** The spans after a flush. */
const spansOf = ({ run }) =>
  run(async () => {
    await new Promise((done) => setTimeout(done, 100));
    await window.t.flush();
    return window.t.bufferedSpans();
  });

inEveryBrowser({
  'by default the own origin gets headers, and nobody else': async (context) => {
    const { origin, other } = context.site;
    await context.start();
    // The table's page has https, this one http.
    const swap = (scheme) => (scheme === 'https:' ? 'http:' : 'https:');
    const here = (url) => url.replace(/^https?:/, swap).replace(PAGE.slice(6), origin.slice(5));
    const urls = TARGETS.map(({ url }) => here(url));
    const expected = TARGETS.map(({ attach }) => attach);
    assert.deepEqual(await attached(context, [...urls, other]), [...expected, false]);
  },

  'targets: starts of origin and path, expressions, not': async (context) => {
    const { origin, other } = context.site;
    const table = [
      ['[]', [false, false, false, false]],
      [`['${other}']`, [false, false, true, true]],
      [`['${other}/api', '/own']`, [false, true, false, true]],
      ["['api']", [false, false, false, false]],
      ['[/api$/]', [true, false, false, true]],
      ["[{ not: '/own' }]", [true, false, false, false]],
      [`['/', '${other}', { not: /api/ }]`, [false, true, true, false]],
      ["[{ not: '/own' }, '/own']", [false, false, false, false]],
      [`['${other.slice(0, -1)}']`, [false, false, false, false]],
    ];
    const urls = [`${origin}/x?${other}/api`, `${origin}/own/1`, `${other}/y`, `${other}/api`];
    for (const [targets, expected] of table) {
      await startWith(context, `{ tracePropagationTargets: ${targets} }`);
      assert.deepEqual(await attached(context, urls), expected, targets);
    }
    await startWith(context, '{ tracePropagationTargets: [window.sticky = /own/g] }');
    assert.deepEqual(await attached(context, ['/own', '/own', '/own']), [true, true, true]);
    assert.equal(await context.run(() => window.sticky.lastIndex), 0);
  },

  'the headers name the span, beside what the caller set': async (context) => {
    await context.start();
    const seen = await context.run(async () => {
      const { t } = window;
      const h = async (headers) => (await window.J(t.tracedFetch('/echo', { headers }))).h;
      const none = await h({});
      const own = '00-00000000000000000000000000000001-0000000000000001-00';
      const w3c = await h({ traceparent: own, tracestate: 'a=1' });
      const sentry = await h({ 'sentry-trace': 'x', baggage: 'sentry-release=1' });
      const baggage = await h({ baggage: 'mine=1;p, other=2' });
      const long = `a=${'x'.repeat(9000)}`;
      const over = await h({ baggage: long });
      return { none, w3c, sentry, baggage, over: over.baggage === long };
    });
    const [first, second, third, fourth] = await spansOf(context);
    const ids = (span) => [span.traceId, span.spanId];
    assert.deepEqual(seen.none.traceparent.split('-'), ['00', ...ids(first), '01']);
    assert.deepEqual(seen.none['sentry-trace'].split('-'), [...ids(first), '1']);
    assert.match(seen.none.baggage, new RegExp(`^sentry-trace_id=${first.traceId},`));
    assert.match(seen.w3c.traceparent, /^00-0{31}1-/);
    assert.equal(seen.w3c.tracestate, 'a=1');
    assert.equal(seen.w3c['sentry-trace'].slice(0, 32), second.traceId);
    assert.equal(seen.sentry.traceparent.slice(3, 35), third.traceId);
    assert.deepEqual([seen.sentry['sentry-trace'], seen.sentry.baggage], ['x', 'sentry-release=1']);
    assert.match(
      seen.baggage.baggage,
      new RegExp(`^mine=1;p,other=2,sentry-trace_id=${fourth.traceId},`),
    );
    assert.equal(seen.over, true);
  },

  'a parent decides: active span, span.fetch, remote, not sampled, no decision': async (
    context,
  ) => {
    await context.start();
    const seen = await context.run(
      async (remote, unsampled) => {
        const { t } = window;
        const h = async (promise) => (await window.J(promise)).h;
        const parent = t.startSpan('parent');
        const active = await parent.run(() => h(t.tracedFetch('/echo')));
        const direct = await h(parent.fetch('/echo'));
        parent.end();
        const below = t.startSpan('below', {
          parent: { traceparent: remote, tracestate: 'v=1', baggage: 'sentry-release=2' },
        });
        const foreign = await h(below.fetch('/echo'));
        below.end();
        const not = t.startSpan('not', { parent: { traceparent: unsampled } });
        return [active, direct, foreign, await h(not.fetch('/echo')), parent.spanId];
      },
      REMOTE,
      UNSAMPLED,
    );
    const [active, direct, foreign, not, parentId] = seen;
    const spans = await spansOf(context);
    const of = (headers) => spans.find((span) => headers.traceparent.includes(span.spanId));
    assert.deepEqual([of(active).parentSpanId, of(direct).parentSpanId], [parentId, parentId]);
    assert.equal(foreign.traceparent.slice(0, 36), REMOTE.slice(0, 36));
    assert.deepEqual([foreign.tracestate, foreign.baggage], ['v=1', 'sentry-release=2']);
    assert.match(not.traceparent, /^00-0af7651916cd43dd8448eb211c80319c-[\da-f]{16}-00$/);
    assert.equal(of(not), undefined);

    await context.start({ sampleRate: null });
    const open = await context.run(async (unsampled) => {
      const { t } = window;
      const h = async (promise) => (await window.J(promise)).h;
      const below = t.startSpan('below', { parent: { traceparent: unsampled } });
      return [await h(t.tracedFetch('/echo')), await h(below.fetch('/echo')), t.stats().started];
    }, UNSAMPLED);
    assert.match(open[0]['sentry-trace'], /^[\da-f]{32}-[\da-f]{16}$/, 'no decision is invented');
    assert.match(open[1]['sentry-trace'], /-0$/);
    assert.equal(open[2], 0);
  },

  'no headers with no-cors, none for ignored URLs and the exporter': async (context) => {
    const { other, origin } = context.site;
    const endpoint = `${origin}/otlp`;
    await startWith(
      context,
      `{ endpoint: '${endpoint}', tracePropagationTargets: ['${other}', '/'], ignoreUrls: ['/status', /quiet/g] }`,
    );
    const seen = await context.run(async (far) => {
      const { t } = window;
      const key = window.tok();
      await t.tracedFetch(`${far}/echo?${key}`, { mode: 'no-cors' });
      await t.tracedFetch(`/status?code=200&${key}`);
      await t.tracedFetch(`/echo?quiet&${key}`);
      await t.tracedFetch(`/echo?quiet&${key}`);
      await t.tracedFetch('/otlp/v1/traces', { method: 'POST', body: '' });
      await t.flush();
      const logs = [...(await window.log2(far, key)), ...(await window.log(key))];
      return [logs.map(({ h }) => 'traceparent' in h || 'sentry-trace' in h), t.stats().started];
    }, other);
    assert.deepEqual(seen, [[false, false, false, false], 1]);
    assert.ok(context.site.sent.length > 0);
    assert.ok(context.site.sent.every((headers) => !('traceparent' in headers)));
  },

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
      await t.tracedFetch('/status?code=503');
      await quiet(t.tracedFetch('http://127.0.0.1:2/'));
      const aborted = new AbortController();
      const pending = quiet(t.tracedFetch('/slow?ms=500', { signal: aborted.signal }));
      aborted.abort();
      await pending;
      const because = new AbortController();
      because.abort({ my: 'reason' });
      await quiet(t.tracedFetch('/slow?ms=500', { signal: because.signal }));
      await quiet(t.tracedFetch('/slow?ms=500', { signal: AbortSignal.timeout(20) }));
    });
    const spans = await spansOf(context);
    const seen = spans
      .toSorted((a, b) => (BigInt(a.startTimeUnixNano) < BigInt(b.startTimeUnixNano) ? -1 : 1))
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

  'from pkg alone, without the shell': async (context) => {
    await context.open();
    const seen = await context.run(async () => {
      const crate = await import('/pkg/tracelink.js');
      const exports = await crate.default({ module_or_path: '/pkg/tracelink_bg.wasm' });
      const ended = [];
      crate.install((name, ...args) => {
        ended.push(name);
        (crate[name] ?? exports[name])(...args);
      }, performance.timeOrigin);
      const { h } = await window.J(crate.tracedFetch('/echo', { headers: { 'x-a': '1' } }));
      const refused = await crate.tracedFetch('http://[').catch((error) => error.name);
      return [h.traceparent, h['x-a'], refused, ended.includes('fetchEnd')];
    });
    assert.match(seen[0], /^00-[\da-f]{32}-[\da-f]{16}-01$/);
    assert.deepEqual(seen.slice(1), ['1', 'TypeError', true]);
  },
});
