// tracedFetch: the native call with a client span around it and headers on it.

import { crate, parts, putAll, setAttribute } from './bridge.ts';
import { clock } from './clock.ts';
import { ownUrls } from './load.ts';
import {
  awaitTiming,
  type Call,
  configureTargets,
  openRequest,
  sendPlain,
  sendRequest,
} from './platform/fetch.js';
import { configureUrls } from './platform/url.js';
import type { Span } from './span.ts';
import { startSpan } from './start.ts';
import { guard, OFF, ON, STARTING, state } from './state.ts';
import type { InitOptions } from './types.d.ts';

type FetchArguments = [RequestInfo | URL, RequestInit?];

let requestHeaders: string[] = [];
let responseHeaders: string[] = [];

export function configureFetch(options: InitOptions, url: string | undefined): void {
  configureUrls(options.redact?.url, [url, ...ownUrls]);
  configureTargets(options.tracePropagationTargets, options.ignoreUrls);
  requestHeaders = options.captureHeaders?.request ?? [];
  responseHeaders = options.captureHeaders?.response ?? [];
}

export function tracedFetch(...args: FetchArguments): Promise<Response> {
  return fetchUnder(undefined, args);
}

/** fetch as a child of `parent`, else of the active span. */
export function fetchUnder(parent: Span | undefined, args: FetchArguments): Promise<Response> {
  if (state === OFF) return fetch(...args);
  const startTime = clock.now();
  const call = openRequest(args);
  if (!call._request) return Promise.reject(call._error);
  if (call._ignored) return sendPlain(call._request);
  let headers: string[] = [];
  try {
    const span = startSpan(call._method, { kind: 'client', parent, startTime });
    const begin = (): void => {
      headers = startRequest(span, call, startTime);
    };
    if (state === ON) begin();
    else span._later(begin);
    call._end = (status, time, response) => endRequest(span, status, time, response);
  } catch {
    // The request goes out whatever became of its span.
  }
  return sendRequest(call, headers);
}

/** Describes the span; returns the headers to set. */
function startRequest(span: Span, call: Call, time: number): string[] {
  const { _trace: trace, _s, _u } = span;
  if (span._handle > 0) awaitTiming(call);
  const foreign = trace._foreign;
  const { _a, _b, _c, _d, _flags } = trace;
  const block = parts(() => {
    const [tracestate, baggage, existing, method, url] = putAll(
      foreign?._tracestate ?? '',
      foreign?._baggage ?? '',
      call._baggage,
      call._method,
      call._url,
    );
    return crate.fetchStart(
      span._handle,
      _a,
      _b,
      _c,
      _d,
      _s,
      _u,
      _flags,
      tracestate,
      baggage,
      existing,
      method,
      url,
      foreign ? 1 : 0,
      call._bits,
      call._hash,
      time,
    );
  });
  if (span._handle > 0)
    capture(span, 'request', requestHeaders, (call._request as Request).headers);
  return block;
}

function endRequest(span: Span, status: number, time: number, response?: Response): void {
  if (state === STARTING) span._later(() => endRequest(span, status, time, response));
  if (state !== ON || span._handle <= 0) return;
  span._over = true;
  if (response) capture(span, 'response', responseHeaders, response.headers);
  guard(() => crate.fetchEnd(span._handle, status, time), undefined);
}

function capture(span: Span, side: string, names: string[], headers: Headers): void {
  for (const name of names) {
    try {
      const value = headers.get(name);
      if (value !== null)
        setAttribute(span._handle, `http.${side}.header.${name.toLowerCase()}`, [value]);
    } catch {
      // No header has such a name.
    }
  }
}
