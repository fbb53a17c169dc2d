// A page with Sentry: both trace its requests, headers are set once, and neither traces what the other sends.
import * as Sentry from '@sentry/browser';
import { init } from 'tracelink';

/** `dsn`: Sentry's. `collector`: tracelink's endpoint. Both are full URLs. */
export function startTracing({ dsn, collector }) {
  Sentry.init({
    dsn,
    tracesSampleRate: 1,
    // For backends that read W3C headers; Sentry leaves those alone that tracelink has set.
    propagateTraceparent: true,
    integrations: [
      Sentry.browserTracingIntegration({
        shouldCreateSpanForRequest: (url) => !url.startsWith(collector),
      }),
    ],
    beforeBreadcrumb: (crumb) => (crumb.data?.url?.startsWith(collector) ? null : crumb),
  });
  return init({ serviceName: 'shop', endpoint: collector, ignoreUrls: [new URL(dsn).origin] });
}

/** The options of a span that continues the trace that Sentry is in. */
export const inSentryTrace = () => ({ parent: Sentry.getTraceData() });
