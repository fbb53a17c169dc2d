// Starts Sentry's SDK in place of OpenTelemetry's: its HTTP spans, its headers, envelopes to a DSN that is the collector.
import * as Sentry from '@sentry/node';
import { ignoreIncomingRequest, ignoreOutgoingRequest } from './traced-requests.mjs';

/** A shutdown waits at most this long for a collector that does not answer. */
const SHUTDOWN_MS = 3000;

/**
 * Call it once a process, before the first request.
 * @param {{ serviceName: string, environment: string, endpoint: string }} options
 * @returns {{ shutdown: () => Promise<void> }}
 */
export function startTelemetry({ serviceName, environment, endpoint }) {
  const { protocol, host } = new URL(endpoint);
  Sentry.init({
    // Any key and any number will do: the collector has no projects.
    dsn: `${protocol}//example@${host}/1`,
    environment,
    tracesSampleRate: 1,
    // The spans that the example starts by OpenTelemetry's API are Sentry's.
    enableOpenTelemetrySetup: true,
    propagateTraceparent: true,
    // Sentry has no name for a service; the collector reads OpenTelemetry's.
    initialScope: { attributes: { 'service.name': serviceName } },
    integrations: [
      Sentry.httpIntegration({
        ignoreIncomingRequests: (_path, request) => ignoreIncomingRequest(request),
        ignoreOutgoingRequests: (_url, request) => ignoreOutgoingRequest(request),
      }),
    ],
  });
  return {
    async shutdown() {
      await Sentry.close(SHUTDOWN_MS);
    },
  };
}
