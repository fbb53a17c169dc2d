// Who gets headers from tracedFetch, and what they say: targets, the caller's own headers, parents, decisions.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { inEveryBrowser, spansOf, startWith } from './support/scenarios.mjs';

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
      new RegExp(`^mine=1;p, other=2,sentry-trace_id=${fourth.traceId},`),
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
});
