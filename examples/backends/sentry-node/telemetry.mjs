// Sentry for server.mjs, which imports it before Express. SENTRY_DSN says where spans go.
import * as Sentry from '@sentry/node';

Sentry.init({ tracesSampleRate: Number(process.env.SENTRY_TRACES_SAMPLE_RATE ?? 1) });
