// The page of the libraries that send requests by other ways than fetch.
import axios from 'axios';
import { bufferedSpans, init, tracedFetch, withSpan } from 'tracelink';
import { traceAxios } from '../recipes/axios.js';
import { openTraced } from '../recipes/xhr.js';

const settings = new URLSearchParams(location.search);
const http = axios.create();
traceAxios(http);
const overFetch = axios.create({ adapter: 'fetch', env: { fetch: tracedFetch } });

/** Resolves when the request has ended, however. */
const xhr = (method, url, change = () => {}) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    openTraced(request, method, url);
    request.addEventListener('loadend', () => resolve());
    request.send();
    change(request);
  });

const quiet = (promise) => promise.catch(() => {});
const SOON_MS = 50;

/** The same four wishes in both ways. */
const ways = {
  axios: {
    send: (method, url) => quiet(http.request({ method, url })),
    abort: (method, url) => quiet(http.request({ method, url, signal: aborted() })),
    late: (method, url) => quiet(http.request({ method, url, timeout: SOON_MS })),
  },
  XMLHttpRequest: {
    send: xhr,
    abort: (method, url) =>
      xhr(method, url, (request) => setTimeout(() => request.abort(), SOON_MS)),
    late: (method, url) =>
      xhr(method, url, (request) => {
        request.timeout = SOON_MS;
      }),
  },
};

function aborted() {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), SOON_MS);
  return controller.signal;
}

const { ok } = await init({
  serviceName: 'requests',
  endpoint: settings.get('collector'),
  debug: true,
});
Object.assign(window, { bufferedSpans, overFetch, ways, withSpan, started: ok });
