// The recipes for axios and XMLHttpRequest: headers set once by the span, which ends with the outcome.
import assert from 'node:assert/strict';
import { inEveryBrowser } from './harness/scenarios.mjs';
import { valuesOf } from './harness/site.mjs';

/** The `error.type` of each: no connection, a time limit, an abort. */
const WAYS = {
  axios: ['ERR_NETWORK', 'ECONNABORTED', 'ERR_CANCELED'],
  XMLHttpRequest: ['error', 'timeout', 'abort'],
};

const HEADERS = ['traceparent', 'sentry-trace', 'baggage'];

/** The one span of this page, and the request that the site saw last. */
async function only({ run, site }) {
  const spans = await run(() => window.bufferedSpans());
  assert.equal(spans.length, 1);
  return { span: spans[0], request: site.requests.at(-1) };
}

/** Calls the page's function of that way, with a method and a URL. */
const call = ({ run }, name, wish, ...request) =>
  run((way, what, ...given) => window.ways[way][what](...given), name, wish, ...request);

const scenarios = {};
for (const [name, types] of Object.entries(WAYS))
  Object.assign(scenarios, {
    async [`${name}: headers once, and the span ends with the answer`](context) {
      const { open, traces } = context;
      await open();
      await call(context, name, 'send', 'POST', '/api/orders?token=secret');
      const { span, request } = await only(context);
      const { traceId, spanId, attributes } = span;
      assert.equal(span.name, 'POST');
      assert.equal(span.kind, 'client');
      assert.equal(attributes['http.response.status_code'], 200);
      assert.match(attributes['url.full'], /\/api\/orders\?token=REDACTED$/);
      assert.equal(span.status.code, 'unset');
      const [traceparent, sentry, baggage] = HEADERS.map((header) => valuesOf(request, header));
      assert.deepEqual(traceparent, [`00-${traceId}-${spanId}-01`]);
      assert.deepEqual(sentry, [`${traceId}-${spanId}-1`]);
      assert.equal(baggage.length, 1);
      await traces.waitForSpans(traceId, (spans) => spans.length === 1);
    },

    async [`${name}: below the span that is active where it was sent`](context) {
      const { open, run } = context;
      await open();
      const parent = await run(
        (way) =>
          window.withSpan('click', async (span) => {
            await window.ways[way].send('GET', '/api/orders');
            return span.spanId;
          }),
        name,
      );
      const spans = await run(() => window.bufferedSpans());
      assert.deepEqual(
        spans.map(({ name: own, parentSpanId }) => [own, parentSpanId]),
        [
          ['GET', parent],
          ['click', undefined],
        ],
      );
    },

    async [`${name}: a refusal and a broken connection are errors, an abort is none`](context) {
      const { open } = context;
      const outcomes = [];
      for (const [wish, url] of [
        ['send', '/api/orders?status=503'],
        ['send', 'http://127.0.0.1:1/'],
        ['late', '/api/orders?never'],
        ['abort', '/api/orders?never'],
      ]) {
        await open();
        await call(context, name, wish, 'GET', url);
        const { span } = await only(context);
        outcomes.push([span.status.code, span.attributes['error.type']]);
      }
      const [network, late, cancelled] = types;
      assert.deepEqual(outcomes, [
        ['error', '503'],
        ['error', network],
        ['error', late],
        ['unset', cancelled],
      ]);
    },

    async [`${name}: another origin gets no headers`](context) {
      const { open, site } = context;
      await open();
      site.others.length = 0;
      await call(context, name, 'send', 'GET', `${site.sinkUrl}/api/orders`);
      const { span } = await only(context);
      assert.equal(span.attributes['http.response.status_code'], 200);
      assert.equal(site.others.length, 1, 'no preflight');
      for (const header of HEADERS) assert.deepEqual(valuesOf(site.others[0], header), []);
    },
  });

scenarios['axios over fetch needs no recipe: tracedFetch sets its headers once'] = async (
  context,
) => {
  const { open, run, until } = context;
  await open();
  await run(() => window.overFetch.post('/api/orders', { id: 1 }));
  await until(() => window.bufferedSpans().length === 1);
  const { span, request } = await only(context);
  assert.deepEqual([span.name, span.status.code], ['POST', 'unset']);
  assert.deepEqual(valuesOf(request, 'traceparent'), [`00-${span.traceId}-${span.spanId}-01`]);
};

inEveryBrowser('requests.js', scenarios);
