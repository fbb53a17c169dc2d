// The native side of a traced fetch: one Request from the page's arguments, sent once; and what its span says of it.

import { now } from './hook.js';
import { setCarriers } from './message.js';
import { awaitTiming, endTimed } from './timing.js';
import { isOwn, shownUrl, targetRule } from './url.js';

/** @typedef {import('./span-like.d.ts').SpanLike} SpanLike */

/** Bits of src/core/context/propagation.rs. */
const HAS_TRACEPARENT = 1;
const HAS_SENTRY = 2;
const HTTP = /^https?:/;
/** Source: OpenTelemetry semantic conventions, "HTTP client span"; fetch refuses CONNECT and TRACE. */
const METHOD = /^(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH|QUERY)$/;

/**
 * @typedef {object} Call
 * @property {Request} _request
 * @property {boolean} [_ignored] gets neither span nor headers
 * @property {string} _method
 * @property {string} _name of its span
 * @property {string} _url as a span may show it
 * @property {boolean} _propagates goes to a target of propagation
 * @property {string} _baggage the caller's own
 * @property {number} _bits what else the caller set
 * @property {(status: number, error: string, time: number, response?: Response) => void} [_end]
 */

/** @type {(url: string) => boolean} */
let propagates = targetRule(undefined);
/** @type {(url: string) => boolean} */
let ignores = () => false;

/**
 * @param {(string | RegExp | { not: string | RegExp })[] | undefined} targets
 * @param {(string | RegExp)[] | undefined} ignored
 */
export function configureTargets(targets, ignored) {
  propagates = targetRule(targets);
  ignores = targetRule(ignored ?? []);
}

/**
 * Whether requests to this URL get neither span nor headers.
 * @param {string} url
 */
export function isIgnored(url) {
  return isOwn(url) || ignores(url);
}

/**
 * Builds the request, or throws what fetch would reject with; the arguments are never read again.
 * @param {[input: RequestInfo | URL, init?: RequestInit]} args
 * @returns {Call}
 */
export function openRequest(args) {
  // What is not there is read as nothing.
  const opened = /** @type {Call} */ ({ _request: new Request(...args) });
  try {
    const { url, method, mode, headers } = opened._request;
    if (isIgnored(url)) {
      opened._ignored = true;
      return opened;
    }
    opened._method = method;
    opened._name = METHOD.test(method) ? method : 'HTTP';
    opened._url = shownUrl(url);
    if (!HTTP.test(url) || mode === 'no-cors' || !propagates(url)) return opened;
    opened._propagates = true;
    if (headers.has('traceparent') || headers.has('tracestate')) opened._bits |= HAS_TRACEPARENT;
    if (headers.has('sentry-trace')) opened._bits |= HAS_SENTRY;
    opened._baggage = headers.get('baggage') ?? '';
  } catch {
    // A page that changed what a Request is: its request goes out as it is.
    opened._ignored = true;
  }
  return opened;
}

/**
 * Describes a request that is about to be sent, and waits for its timing.
 * @param {SpanLike} span
 * @param {Call} opened
 * @param {number} time when the call came
 */
export function describeRequest(span, { _request, _method, _name, _url }, time) {
  const known = _method === _name;
  span.setAttribute('http.request.method', known ? _method : '_OTHER');
  if (!known) span.setAttribute('http.request.method_original', _method);
  span.setAttribute('url.full', _url);
  try {
    const { hostname, port, protocol } = new URL(_url);
    if (HTTP.test(protocol)) {
      span.setAttribute('server.address', hostname.replace(/[[\]]/g, ''));
      span.setAttribute('server.port', Number(port) || (protocol === 'https:' ? 443 : 80));
    }
  } catch {
    // The page's own redaction made something else of it.
  }
  awaitTiming(span, _request.url, time);
}

/**
 * Describes an answer, or the error instead, and ends the span. `status` is 0 where the browser hides it, negative when
 * the page called the request off: then `error.type` is set, but nothing failed.
 * @param {SpanLike} span
 * @param {number} status
 * @param {string} error
 * @param {number} time
 */
export function describeAnswer(span, status, error, time) {
  if (status > 0) span.setAttribute('http.response.status_code', status);
  const type = status >= 400 ? `${status}` : error;
  if (type) {
    span.setAttribute('error.type', type);
    if (status >= 0) span.setStatus('error');
  }
  endTimed(span, time);
}

/**
 * The native call for a request that was built from the page's arguments.
 * @param {Request} request
 */
export function sendPlain(request) {
  const { keepalive, referrer, referrerPolicy } = request;
  // Firefox counts a body against the limit of keepalive only if told so here; any init resets the referrer.
  return keepalive ? fetch(request, { keepalive, referrer, referrerPolicy }) : fetch(request);
}

/**
 * Sends the request and returns its promise. What a replaced `fetch` throws goes through.
 * @param {Call} opened
 * @param {string[]} values headers to set, in the order of `CARRIERS`
 * @returns {Promise<Response>}
 */
export function sendRequest(opened, values) {
  const request = opened._request;
  setCarriers(request.headers, values);
  /** @type {(error: unknown) => never} */
  const fail = (error) => {
    finish(opened, undefined, error);
    throw error;
  };
  let sent;
  try {
    sent = sendPlain(request);
  } catch (error) {
    fail(error);
  }
  if (typeof sent?.then !== 'function') {
    finish(opened);
    return /** @type {any} */ (sent);
  }
  // The only derived promise, so that a rejection that nobody handles is reported once. A thenable may derive none.
  return (
    sent.then((response) => {
      finish(opened, response);
      return response;
    }, fail) ?? sent
  );
}

/**
 * @param {Call} opened
 * @param {Response} [response]
 * @param {unknown} [error]
 */
function finish(opened, response, error) {
  const time = now();
  let status = 0;
  let type = '';
  try {
    if (response) status = response.status;
    else {
      const { signal } = opened._request;
      if (error instanceof Error) type = `${error.name}`;
      // A time limit is a failure; any other reason is the page's own wish.
      if (signal.aborted && type !== 'TimeoutError') {
        status = -1;
        type ||= 'AbortError';
      }
      type ||= '_OTHER';
    }
  } catch {
    type = '_OTHER';
  }
  try {
    opened._end?.(status, type, time, response);
  } catch {
    // The page gets its answer whatever becomes of the span.
  }
}
