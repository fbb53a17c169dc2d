// Starts the OpenTelemetry SDK: HTTP instrumentation, propagators, export by OTLP.
import { createRequire } from 'node:module';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { PreciseStart } from './precise-start.mjs';
import { propagator } from './propagators.mjs';
import { ignoreIncomingRequest, ignoreOutgoingRequest } from './traced-requests.mjs';

/** A shutdown waits at most this long for a collector that does not answer. */
const SHUTDOWN_MS = 3000;

/**
 * Call it once a process, before the first request.
 * @param {{
 *   serviceName: string,
 *   environment: string,
 *   endpoint?: string,
 *   exportDelayMs?: number,
 *   spanProcessors?: import('@opentelemetry/sdk-trace-node').SpanProcessor[],
 * }} options `spanProcessors` replaces the export to `endpoint`.
 * @returns {{ shutdown: () => Promise<void> }}
 */
export function startTelemetry(options) {
  diag.setLogger(firstErrorOnly(), { logLevel: DiagLogLevel.ERROR });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': options.serviceName,
      'deployment.environment.name': options.environment,
    }),
    spanProcessors: [
      new PreciseStart(),
      ...(options.spanProcessors ?? [exportTo(options.endpoint, options.exportDelayMs)]),
    ],
  });
  provider.register({ propagator });
  registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [
      new HttpInstrumentation({
        ignoreIncomingRequestHook: ignoreIncomingRequest,
        ignoreOutgoingRequestHook: ignoreOutgoingRequest,
      }),
    ],
  });
  // The instrumentation acts on `require`; it patches Server.prototype and the functions of the module
  // object, which is what `import http` gets.
  createRequire(import.meta.url)('node:http');
  return {
    shutdown: () =>
      Promise.race([
        provider.shutdown().catch(() => {}),
        new Promise((resolve) => setTimeout(resolve, SHUTDOWN_MS).unref()),
      ]),
  };
}

/**
 * @param {string} endpoint
 * @param {number} [delayMs]
 */
function exportTo(endpoint = 'http://127.0.0.1:4318', delayMs = 500) {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  return new BatchSpanProcessor(exporter, { scheduledDelayMillis: delayMs });
}

/** A collector that is away is worth one line, not one every half second. */
function firstErrorOnly() {
  let said = false;
  const error = (/** @type {unknown} */ message) => {
    if (said) return;
    said = true;
    console.error(`Spans cannot be exported: ${summary(message)}`);
  };
  const silent = () => {};
  return { error, warn: silent, info: silent, debug: silent, verbose: silent };
}

/** @param {unknown} message An SDK error arrives as text, often as the JSON of an exception. */
function summary(message) {
  const text = String(message);
  try {
    const { message: inner, code } = JSON.parse(text);
    return inner || code || text;
  } catch {
    return text;
  }
}
