// The OpenTelemetry recipe with its web SDK: one traceparent on each request, one trace through both, no exports traced.
import assert from 'node:assert/strict';
import { inEveryBrowser } from './harness/scenarios.mjs';
import { valuesOf } from './harness/site.mjs';

const requestTo = ({ until }, path) =>
  until((end) => window.recorded().find(({ url }) => url?.endsWith(end)), path);

function headerOf({ site }, path) {
  const request = site.requests.findLast(({ url }) => url === path);
  assert.deepEqual(valuesOf(request, 'sentry-trace'), []);
  const values = valuesOf(request, 'traceparent');
  assert.equal(values.length, 1, `traceparent of ${path}: ${values}`);
  return values[0];
}

inEveryBrowser('opentelemetry.js', {
  "below tracelink's span: its trace goes on in OpenTelemetry's request and its header": async (
    context,
  ) => {
    const { open, run, traces } = context;
    await open();
    const click = await run(async () => {
      const span = window.startSpan('click');
      await window.under(span, () => fetch('/api/under'));
      await window.under(span, () => span.fetch('/api/traced'));
      span.end();
      return { traceId: span.traceId, spanId: span.spanId };
    });
    const request = await requestTo(context, '/api/under');
    assert.deepEqual([request.traceId, request.parentSpanId], [click.traceId, click.spanId]);
    assert.equal(headerOf(context, '/api/under'), `00-${click.traceId}-${request.spanId}-01`);
    const traced = await requestTo(context, '/api/traced');
    assert.equal(headerOf(context, '/api/traced'), `00-${click.traceId}-${traced.spanId}-01`);
    await traces.waitForSpans(click.traceId, ([span]) => span?.spanId === click.spanId);
  },

  "below OpenTelemetry's span: tracelink's is in its trace": async (context) => {
    const { open, run, traces } = context;
    await open();
    const outer = await run(() =>
      window.trace.getTracer('page').startActiveSpan('outer', (span) => {
        window.startSpan('inner', window.inOpenTelemetryTrace()).end();
        span.end();
        return span.spanContext();
      }),
    );
    const [inner] = await traces.waitForSpans(outer.traceId, (spans) => spans.length === 1);
    assert.deepEqual([inner.name, inner.parentSpanId], ['inner', outer.spanId]);
  },

  "tracelink's exports are not traced": async (context) => {
    const { open, run, traces, collectorUrl } = context;
    await open();
    const traceId = await run(async () => {
      const span = window.startSpan('sent');
      span.end();
      await window.flush();
      await fetch('/api/after');
      return span.traceId;
    });
    await traces.waitForSpans(traceId, (spans) => spans.length === 1);
    await requestTo(context, '/api/after');
    const urls = await run(() => window.recorded().map(({ url }) => url ?? ''));
    assert.deepEqual(
      urls.filter((url) => url.startsWith(collectorUrl)),
      [],
    );
  },
});
