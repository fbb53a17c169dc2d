// A page with OpenTelemetry: its instrumentation writes the headers of requests, tracelink traces messages and updates.
import { context, propagation } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch';
import { init } from 'tracelink';

/** `collector`: tracelink's endpoint. `exporter`: where OpenTelemetry sends its own spans. Both are full URLs. */
export function startTracing({ collector, exporter }) {
  const ignoreUrls = [`${collector}/v1/traces`];
  registerInstrumentations({ instrumentations: [new FetchInstrumentation({ ignoreUrls })] });
  return init({
    serviceName: 'shop',
    endpoint: collector,
    tracePropagationTargets: [],
    ignoreUrls: [exporter],
  });
}

/** The options of a span below the one that is active in OpenTelemetry. */
export function inOpenTelemetryTrace() {
  const parent = {};
  propagation.inject(context.active(), parent);
  return { parent };
}

/** Runs fn so that what OpenTelemetry traces in it is below a span of tracelink's. */
export const under = (span, fn) =>
  context.with(propagation.extract(context.active(), span.inject({})), fn);
