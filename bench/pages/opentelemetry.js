// Starts OpenTelemetry's web SDK with its default limits and propagators; a processor only collects what ended.

import { resourceFromAttributes } from '@opentelemetry/resources';
import { WebTracerProvider } from '@opentelemetry/sdk-trace-web';

let ended = [];

export function start() {
  const provider = new WebTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'bench' }),
    spanProcessors: [
      {
        onStart() {},
        onEnd: (span) => ended.push(span),
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  });
  provider.register();
  return provider.getTracer('bench', '1.0.0');
}

/** Takes the spans that ended. */
export function take() {
  const taken = ended;
  ended = [];
  return taken;
}
