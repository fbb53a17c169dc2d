// The Sentry recipe with Sentry: headers are set once, nobody traces what the other sends, and one trace goes through both.
import assert from 'node:assert/strict';
import { eventually, inEveryBrowser } from './harness/scenarios.mjs';
import { valuesOf } from './harness/site.mjs';

/** The items of all envelopes that are of one type, as Sentry's server would get them. */
const received = ({ site }, wanted) =>
  site.envelopes.flatMap(({ text }) => {
    const [, ...lines] = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    return lines.flatMap((item, at) =>
      at % 2 === 1 && lines[at - 1].type === wanted ? [item] : [],
    );
  });

/** URLs of the requests that Sentry has spans for. */
const tracedBySentry = (context) =>
  received(context, 'span').flatMap(({ items }) =>
    items.flatMap(({ attributes }) =>
      attributes['sentry.op'].value === 'http.client' ? [attributes['url.full'].value] : [],
    ),
  );

/** The trace and span that a request's headers name, which all of them must agree on. */
function headersOf({ site }, path) {
  const request = site.requests.findLast(({ url }) => url === path);
  const [traceparent, sentry, baggage] = ['traceparent', 'sentry-trace', 'baggage'].map((name) => {
    const values = valuesOf(request, name);
    assert.equal(values.length, 1, `${name} of ${path}: ${values}`);
    return values[0];
  });
  const [, traceId, spanId] = /^00-([\da-f]{32})-([\da-f]{16})-01$/.exec(traceparent) ?? [];
  assert.ok(traceId, `traceparent of ${path}: ${traceparent}`);
  assert.equal(sentry, `${traceId}-${spanId}-1`);
  const named = baggage.split(',').filter((member) => member.startsWith('sentry-trace_id='));
  assert.deepEqual(named, [`sentry-trace_id=${traceId}`], baggage);
  return { traceId, spanId };
}

const spanTo = ({ until }, path) =>
  until(
    (end) => window.spans.find(({ attributes }) => attributes['url.full']?.endsWith(end)),
    path,
  );

inEveryBrowser('sentry.js', {
  "headers are set once: tracelink's on its requests, Sentry's on all others": async (context) => {
    const { open, run } = context;
    await open();
    const ofSentry = await run(async () => {
      await window.tracedFetch('/api/traced');
      await window.xhr('/api/xhr');
      await fetch('/api/plain');
      return window.Sentry.getTraceData()['sentry-trace'].slice(0, 32);
    });
    for (const path of ['/api/traced', '/api/xhr']) {
      const { traceId, spanId } = await spanTo(context, path);
      assert.deepEqual(headersOf(context, path), { traceId, spanId });
    }
    assert.equal(headersOf(context, '/api/plain').traceId, ofSentry);
  },

  'Sentry.getTraceData() as the parent continues its trace, to the backend and to the collector':
    async (context) => {
      const { open, run, traces } = context;
      await open();
      const carrier = await run(async () => {
        const carrier = window.Sentry.getTraceData();
        const span = window.startSpan('checkout', window.inSentryTrace());
        await span.fetch('/api/below');
        span.end();
        return carrier;
      });
      const [traceId, spanId] = carrier['sentry-trace'].split('-');
      const spans = await traces.waitForSpans(traceId, (rows) => rows.length === 2);
      const [checkout, request] = spans;
      assert.deepEqual([checkout.name, checkout.parentSpanId], ['checkout', spanId]);
      assert.deepEqual([request.name, request.parentSpanId], ['GET', checkout.spanId]);
      assert.deepEqual(headersOf(context, '/api/below'), { traceId, spanId: request.spanId });
    },

  'neither traces what the other sends': async (context) => {
    const { open, run, site, traces, collectorUrl } = context;
    await open();
    site.envelopes.length = 0;
    const traceId = await run(async () => {
      await window.tracedFetch('/api/first');
      await window.flush();
      await window.tracedFetch('/api/last');
      window.Sentry.captureMessage('what happened');
      await window.Sentry.flush();
      return window.spans.find(({ name }) => name === 'documentLoad').traceId;
    });
    await traces.waitForSpans(traceId, (rows) => rows.length > 0);
    const has = (path) => tracedBySentry(context).some((url) => url.endsWith(path));
    await eventually('Sentry has both spans', () => has('/api/first') && has('/api/last'));
    const toCollector = (url) => url.startsWith(collectorUrl);
    assert.deepEqual(tracedBySentry(context).filter(toCollector), []);
    const [{ breadcrumbs }] = received(context, 'event');
    const visited = breadcrumbs.flatMap(({ category, data }) =>
      category === 'fetch' ? [data.url] : [],
    );
    assert.ok(
      visited.some((url) => url.endsWith('/api/first')),
      `${visited}`,
    );
    assert.deepEqual(visited.filter(toCollector), []);

    const loads = await run(() =>
      performance.getEntriesByType('resource').map(({ name, startTime }) => ({ name, startTime })),
    );
    const early = loads.find(({ name }) => name.startsWith(site.sinkUrl));
    const end = await run(() => performance.getEntriesByType('navigation')[0].loadEventEnd);
    assert.ok(early.startTime < end, 'Sentry sent something while the page loaded');
    const urls = await run(() =>
      window.spans.map(({ attributes }) => attributes['url.full'] ?? ''),
    );
    assert.ok(
      urls.some((url) => url.includes('/app.js')),
      `${urls}`,
    );
    assert.deepEqual(
      urls.filter((url) => url.startsWith(site.sinkUrl)),
      [],
    );
  },
});
