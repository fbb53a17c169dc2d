// The page with OpenTelemetry's web SDK, whose spans stay in its memory.
import { context, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { WebTracerProvider } from '@opentelemetry/sdk-trace-web';
import { flush, startSpan } from 'tracelink';
import { inOpenTelemetryTrace, startTracing, under } from '../recipes/opentelemetry.js';

const settings = new URLSearchParams(location.search);
const memory = new InMemorySpanExporter();
new WebTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory)] }).register();
const { ok } = await startTracing({
  collector: settings.get('collector'),
  exporter: settings.get('sink'),
});

/** What OpenTelemetry has recorded so far. */
const recorded = () =>
  memory.getFinishedSpans().map((span) => ({
    ...span.spanContext(),
    name: span.name,
    parentSpanId: span.parentSpanContext?.spanId,
    url: span.attributes['url.full'] ?? span.attributes['http.url'],
  }));

Object.assign(window, {
  context,
  flush,
  inOpenTelemetryTrace,
  recorded,
  startSpan,
  trace,
  under,
  started: ok,
});
