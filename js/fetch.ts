// tracedFetch: the native call with a client span around it and headers on it.

import type { Capture } from './capture.ts';
import { readClock } from './clock.ts';
import { carriersOf } from './inject.ts';
import { ownUrls } from './load.ts';
import {
  type Call,
  configureTargets,
  describeAnswer,
  describeRequest,
  openRequest,
  sendPlain,
  sendRequest,
} from './platform/fetch.js';
import { configureUrls } from './platform/url.js';
import { askPage } from './sampling.ts';
import type { Span } from './span.ts';
import { startSpan } from './start.ts';
import { OFF, ON, state } from './state.ts';
import type { InitOptions } from './types.d.ts';

type FetchArguments = [RequestInfo | URL, RequestInit?];

/** Sets attributes for the headers that the page asked for. */
let capture: Capture | undefined;

/** Records headers of requests and responses from now on; undefined: none. */
export function captureBy(given: Capture | undefined): void {
  capture = given;
}

export function configureFetch(options: InitOptions, url: string | undefined): void {
  // Other URLs that begin so are the page's.
  if (url) ownUrls.add(`${url} `);
  configureUrls(options.redact?.url, ownUrls);
  configureTargets(options.tracePropagationTargets, options.ignoreUrls);
}

/** No constructor, as fetch is none. */
export const tracedFetch = (...args: FetchArguments): Promise<Response> =>
  fetchUnder(undefined, args);

/** fetch as a child of `parent`, else of the active span. */
export function fetchUnder(parent: Span | undefined, args: FetchArguments): Promise<Response> {
  if (state === OFF) return fetch(...args);
  const startTime = readClock();
  let call: Call;
  try {
    call = openRequest(args);
  } catch (error) {
    return Promise.reject(error);
  }
  if (call._ignored) return sendPlain(call._request);
  let headers: string[] = [];
  try {
    // The page's sampler sees what tells one request from another; what is recorded is described below.
    const attributes = askPage && { 'http.request.method': call._method, 'url.full': call._url };
    const span = startSpan(call._name, { kind: 'client', parent, startTime, attributes });
    if (state === ON && call._propagates) headers = carriersOf(span, call._baggage, call._bits);
    span._do(() => {
      describeRequest(span, call, startTime);
      capture?.(span, 'request', call._request.headers);
    }, true);
    call._end = (status, error, time, response) =>
      span._do(() => {
        if (response) capture?.(span, 'response', response.headers);
        describeAnswer(span, status, error, time);
      }, true);
  } catch {
    // The request goes out whatever became of its span.
  }
  return sendRequest(call, headers);
}
