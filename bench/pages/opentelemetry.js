// OpenTelemetry's web SDK with its default limits and propagators.

import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base';
import { createLegacyOtlpBrowserExportDelegate } from '@opentelemetry/otlp-exporter-base/browser-http';
import { TraceExporterMetricsHelper } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, WebTracerProvider } from '@opentelemetry/sdk-trace-web';

export function start(processor) {
  const provider = new WebTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'bench' }),
    spanProcessors: [processor],
  });
  provider.register();
  return provider.getTracer('bench', '1.0.0');
}

/** The batch processor and the OTLP exporter of OpenTelemetry's guides; its timer waits until after the bench. */
export const exporting = (serializer) =>
  new BatchSpanProcessor(
    new OTLPExporterBase(
      createLegacyOtlpBrowserExportDelegate(
        { url: `${location.origin}/v1/traces` },
        serializer,
        'otlp_http_span_exporter',
        TraceExporterMetricsHelper,
        undefined,
        'v1/traces',
        {},
      ),
    ),
    { scheduledDelayMillis: 600_000 },
  );

/** A processor that forgets what ends. */
export const forgetting = {
  onStart() {},
  onEnd() {},
  forceFlush: async () => {},
  shutdown: async () => {},
};
