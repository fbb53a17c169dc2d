// The native side of a traced fetch: one Request from the page's arguments, sent once, and its end reported.

import { call, now } from './hook.js';
import { watchTiming } from './timing.js';
import { hashUrl, isOwn, shownUrl, targetRule } from './url.js';

/** Bits of src/tracer/fetch.rs. */
const PROPAGATES = 1;
const HAS_TRACEPARENT = 2;
const HAS_SENTRY = 4;
const WAITS = 8;
const HTTP = /^https?:/;

/** A baggage header of the caller that is longer is left alone. */
const MOST_BAGGAGE = 8000;
const NAMES = ['traceparent', 'tracestate', 'baggage', 'sentry-trace'];

/**
 * @typedef {object} Call
 * @property {Request} [_request]
 * @property {unknown} [_error] what building the request threw
 * @property {boolean} [_ignored] gets neither span nor headers
 * @property {string} _method
 * @property {string} _url as a span may show it
 * @property {string} _baggage the caller's own
 * @property {number} _bits
 * @property {number} _hash
 * @property {number} _handle
 * @property {(status: number, time: number, response?: Response) => void} [_end]
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
 * Builds the request; the arguments are never read again.
 * @param {[input: RequestInfo | URL, init?: RequestInit]} args
 * @returns {Call}
 */
export function openRequest(args) {
  /** @type {Call} */
  const opened = { _method: '', _url: '', _baggage: '', _bits: 0, _hash: 0, _handle: 0 };
  try {
    opened._request = new Request(...args);
  } catch (error) {
    opened._error = error;
    return opened;
  }
  try {
    const { url, method, mode, headers } = opened._request;
    if (isOwn(url) || ignores(url)) {
      opened._ignored = true;
      return opened;
    }
    opened._method = method;
    opened._url = shownUrl(url);
    if (!HTTP.test(url) || mode === 'no-cors' || !propagates(url)) return opened;
    opened._bits = PROPAGATES;
    if (headers.has('traceparent')) opened._bits |= HAS_TRACEPARENT;
    const baggage = headers.get('baggage') ?? '';
    if (headers.has('sentry-trace') || baggage.length > MOST_BAGGAGE) opened._bits |= HAS_SENTRY;
    opened._baggage = baggage;
  } catch {
    // A page that changed what a Request is: its request goes out as it is.
    opened._ignored = true;
  }
  return opened;
}

/**
 * Listens for the Resource Timing entry of a request that is about to be sent; `blob:` and `data:` have none.
 * @param {Call} opened
 */
export function awaitTiming(opened) {
  const { url } = /** @type {Request} */ (opened._request);
  if (HTTP.test(url) && watchTiming()) {
    opened._bits |= WAITS;
    opened._hash = hashUrl(url);
  }
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
 * @param {string[]} values headers to set, in the order of `NAMES`
 * @returns {Promise<Response>}
 */
export function sendRequest(opened, values) {
  const request = /** @type {Request} */ (opened._request);
  try {
    NAMES.forEach((name, index) => {
      const value = values[index];
      if (!value) return;
      const free =
        name === 'baggage' ? opened._baggage.length <= MOST_BAGGAGE : !request.headers.has(name);
      if (free) request.headers.set(name, value);
    });
  } catch {
    // A page that changed what Headers are: no header.
  }
  let sent;
  try {
    sent = sendPlain(request);
  } catch (error) {
    finish(opened, undefined, error);
    throw error;
  }
  if (typeof sent?.then !== 'function') {
    finish(opened, undefined, undefined);
    return sent;
  }
  // The only derived promise, so that a rejection that nobody handles is reported once.
  return sent.then(
    (response) => {
      finish(opened, response, undefined);
      return response;
    },
    (error) => {
      finish(opened, undefined, error);
      throw error;
    },
  );
}

let lastError = '';

/**
 * @param {Call} opened
 * @param {Response | undefined} response
 * @param {unknown} error
 */
function finish(opened, response, error) {
  const time = now();
  let status = 0;
  lastError = '';
  try {
    if (response) status = response.status;
    else {
      const { signal } = /** @type {Request} */ (opened._request);
      const name = error instanceof Error || error instanceof DOMException ? `${error.name}` : '';
      // A time limit is a failure; any other reason is the page's own wish.
      const aborted = signal?.aborted && name !== 'TimeoutError';
      if (aborted) status = -1;
      lastError = name || (aborted ? 'AbortError' : '_OTHER');
    }
  } catch {
    lastError = '_OTHER';
  }
  try {
    if (opened._end) opened._end(status, time, response);
    else call('fetchEnd', opened._handle, status, time);
  } catch {
    // The page gets its answer whatever becomes of the span.
  }
}

/** @param {Uint8Array} out */
export function error_name(out) {
  return new TextEncoder().encodeInto(lastError, out).written;
}

/**
 * @param {RequestInfo | URL} input
 * @param {RequestInit} [init]
 */
export function open_request(input, init) {
  return openRequest([input, init]);
}

/**
 * @param {Call} opened
 * @param {Uint8Array} out
 */
export function read_request(opened, out) {
  if (!opened._request || opened._ignored) return -1;
  awaitTiming(opened);
  const text = [opened._baggage, opened._method, opened._url].join('\0');
  return new TextEncoder().encodeInto(text, out).written;
}

/** @param {Call} opened */
export function request_bits(opened) {
  return opened._bits;
}

/**
 * @param {Call} opened
 * @param {Uint8Array} headers
 * @param {number} handle
 */
export function send_request(opened, headers, handle) {
  if (!opened._request) return Promise.reject(opened._error);
  opened._handle = handle;
  try {
    return sendRequest(opened, new TextDecoder().decode(headers).split('\0'));
  } catch (error) {
    return Promise.reject(error);
  }
}
