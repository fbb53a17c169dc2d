// The page with Sentry: requests in every way, and what tracelink has recorded.
import * as Sentry from '@sentry/browser';
import { flush, onSpanEnd, startSpan, tracedFetch, tracePageLoad } from 'tracelink';
import { inSentryTrace, startTracing } from '../recipes/sentry.js';
import { openTraced } from '../recipes/xhr.js';

const settings = new URLSearchParams(location.search);
const { host } = new URL(settings.get('sink'));

// The page has loaded when this has, which is when something below asks for it.
new Image().src = '/api/image?held';

const spans = [];
onSpanEnd((span) => spans.push(span));
const { ok } = await startTracing({
  dsn: `http://key@${host}/1`,
  collector: settings.get('collector'),
});
// Sentry's own request, while the page loads.
Sentry.captureMessage('early');
await Sentry.flush();
const sent = () =>
  performance.getEntriesByType('resource').some(({ name }) => name.includes(`${host}/`));
while (!sent()) await new Promise(requestAnimationFrame);
await fetch('/api/image?release');
tracePageLoad('shop');

const xhr = (url) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    openTraced(request, 'GET', url);
    request.addEventListener('loadend', () => resolve());
    request.send();
  });

Object.assign(window, {
  Sentry,
  flush,
  inSentryTrace,
  spans,
  startSpan,
  tracedFetch,
  xhr,
  started: ok,
});
