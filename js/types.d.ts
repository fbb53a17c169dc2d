/// <reference lib="esnext.disposable" />
/**
 * The public API of the npm package `tracelink`. Names, types and defaults are fixed; documentation may grow.
 * Numbers are finite and not negative, times at most 2^31-1 ms; byte bounds have no upper limit.
 * Every time is a DOMHighResTimeStamp: milliseconds since performance.timeOrigin (performance.now(), entry.startTime).
 * No function here ever throws into the page on tracelink's behalf; errors of the page's own callbacks pass through unchanged.
 */

/** Safe integers become OTLP int, other numbers double. Anything else is dropped and counted. */
export type AttributeValue = string | number | boolean | string[] | number[] | boolean[];
export type Attributes = Record<string, AttributeValue | null | undefined>;

/** Anything that names a parent: a span, a message's context, or a carrier such as `Sentry.getTraceData()` returns. */
export type Parent =
  | Span
  | MessageContext
  | { traceparent?: string; 'sentry-trace'?: string; tracestate?: string; baggage?: string };

export interface InitOptions {
  serviceName: string;
  serviceVersion?: string;
  environment?: string;
  resource?: Attributes;
  /** Default true. False: no wasm is fetched, nothing is recorded, no cost. */
  enabled?: boolean;
  /** OTLP/HTTP base, may be relative ('/otlp'); '/v1/traces' is appended. Null: spans stay in the page.
   *  Default 'http://localhost:4318' when the page's own host is loopback, else null with one warning. */
  endpoint?: string | null;
  /** Full URL, used unchanged; wins over endpoint. */
  tracesEndpoint?: string;
  headers?: Record<string, string>;
  /** Default 'http/protobuf'. */
  protocol?: 'http/protobuf' | 'http/json';
  /** Default 'gzip' off the exit path. */
  compression?: 'gzip' | 'none';
  /** Header and message formats that are written. Default both. Both are always read. */
  propagate?: ('w3c' | 'sentry')[];
  /** Who gets headers. Default: same origin only. Strings match the start of origin + path (never the query); relative ones the page's origin.
   *  `not` takes a URL out again, for example a same-origin path that redirects to another origin; a list of `not` alone starts from the default. []: nobody. */
  tracePropagationTargets?: (string | RegExp | { not: string | RegExp })[];
  /** Requests that get neither span nor headers. The exporter's own are always ignored. */
  ignoreUrls?: (string | RegExp)[];
  /** Own tracestate member. */
  tracestate?: { key: string; value: string };
  /** Set the W3C random flag (0x02) on our own trace ids. Default false: old services reject 03. */
  randomFlag?: boolean;
  /** Most baggage bytes on a request. Default 4096. */
  maxBaggageBytes?: number;
  /** 0 to 1. Default 1, and 0.1 when environment is 'production'.
   *  Null: no decision of ours; nothing is recorded, incoming decisions are passed on, none is invented. */
  sampleRate?: number | null;
  tracesSampler?: (context: SamplingContext) => number | boolean;
  sentry?: {
    publicKey?: string;
    orgId?: string;
    release?: string;
    environment?: string;
    strictTraceContinuation?: boolean;
  };
  /** Adds to the default lists of docs/privacy.md. `url` runs first. */
  redact?: {
    queryParameters?: string[];
    headers?: string[];
    attributes?: string[];
    emails?: boolean;
    url?: (url: string) => string;
  };
  /** Header names recorded on fetch spans. Default none. */
  captureHeaders?: { request?: string[]; response?: string[] };
  pageLoad?: {
    /** Most resource spans, slowest first; the rest is summarised. Default 50. */
    resources?: number;
    /** Not yet: checked, and nothing more. Default true. */
    vitals?: boolean;
    /** Spans for navigations inside a single-page app. Not yet: checked, and nothing more. Default true. */
    navigations?: boolean;
  };
  /** session.id on every span, kept per tab in sessionStorage. Default false (consent). */
  session?: 'tab' | false;
  /** maxBytes: pending spans, default 4 MiB. retain: ended spans kept for inspection, default 1000 when endpoint is null or debug is set, else 0. */
  buffer?: { maxBytes?: number; retain?: number };
  /** Default 10,000. The oldest is ended as incomplete. */
  maxOpenSpans?: number;
  /** Default 2000; 200 in workers, which hear nothing of their end. */
  flushIntervalMs?: number;
  /** What could not be sent waits in IndexedDB. Default { maxBytes: 5 MiB, maxAgeMs: 3 days }. */
  persist?: boolean | { maxBytes?: number; maxAgeMs?: number };
  /** Use fetch keepalive at page exit. Default true; some smart-TV engines refuse it with a preflight. */
  keepalive?: boolean;
  /** 'console': one line per ended span. */
  debug?: boolean | 'console';
  wasm?: { url?: string | URL; module?: WebAssembly.Module; bytes?: BufferSource };
}

export type InitResult =
  | { ok: true }
  | {
      ok: false;
      reason: 'disabled' | 'server' | 'csp' | 'unsupported' | 'load' | 'config';
      error?: Error;
    };

/** Loads and starts. Never rejects. Again while starting or on: the first result, with one warning if the options differ. */
export function init(options: InitOptions): Promise<InitResult>;
/** Ends everything after a last flush; `init` may follow. discard: nothing is sent, storage is erased (consent withdrawn). */
export function shutdown(options?: { discard?: boolean }): Promise<void>;

/** The first call in a document makes `documentLoad`; a later one names or starts a `navigation` span. `name` becomes the attribute page.name. end() on a page span does nothing. */
export function tracePageLoad(name?: string, attributes?: Attributes): Span;

/** fetch, with a client span and propagation. Every observable of fetch is kept. */
export function tracedFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;

export interface SpanOptions {
  kind?: 'internal' | 'client' | 'producer' | 'consumer';
  attributes?: Attributes;
  startTime?: number;
  /** Absent: activeSpan(), else a new trace linked to the current page span. Null: always a new trace. */
  parent?: Parent | null;
  links?: { context: Parent; attributes?: Attributes }[];
}
export function startSpan(name: string, options?: SpanOptions): Span;
/** Runs fn with a span; ends it when fn returns or its promise settles; records an error and rethrows it. */
export function withSpan<T>(name: string, fn: (span: Span) => T): T;
export function withSpan<T>(name: string, options: SpanOptions, fn: (span: Span) => T): T;
/** withSpan with kind client. */
export function traceApiCall<T>(name: string, fn: (span: Span) => T): T;
export function traceApiCall<T>(name: string, options: SpanOptions, fn: (span: Span) => T): T;
/** A named user flow: its attributes and flow.id go on every span below it; one open at page exit is continued by the same name in the same tab. */
export function traceFlow<T>(name: string, fn: (span: Span) => T): T;
export function traceFlow<T>(name: string, options: SpanOptions, fn: (span: Span) => T): T;
/** A change on screen: ends at the paint that shows it. */
export function traceUpdate<T>(name: string, fn: (span: Span) => T): T;
export function traceUpdate<T>(name: string, options: SpanOptions, fn: (span: Span) => T): T;
/** Wraps a function; usable as a standard method decorator. */
export function traced<F extends (...args: any[]) => any>(name: string, fn: F): F;
export function traced(name: string): (method: any, context: ClassMethodDecoratorContext) => any;
/** The span of the synchronous code that runs now. Never guessed across await. */
export function activeSpan(): Span | undefined;
/** Attributes on every span started from now on (user, role, tenant); null removes one. Redaction applies. */
export function setAttributes(attributes: Attributes): void;

export interface MessageContext {
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined: the sender left the decision open (Sentry). */
  readonly sampled: boolean | undefined;
  readonly traceparent: string;
  readonly tracestate?: string;
  readonly baggage?: string;
  readonly source: 'w3c' | 'sentry';
}
export interface MessageOptions {
  /** Default `process {destination}`; the destination defaults to the socket URL's host and path. A function's null: no span for this message. */
  name?: string | ((data: unknown) => string | null);
  destination?: string;
  /** 'parent' (default): child of the latest context, links to every other. 'link': own trace, links only. */
  relation?: 'parent' | 'link';
  /** Sockets and event sources only: also a span for messages without context. Default false. */
  untraced?: boolean;
  /** Share of tabs that record a given trace, by hash of trace id and tab; the others pass its context on. Default 1. */
  sampleRate?: number;
  /** Pass on all baggage members of a message, not only sentry-*. Default false. */
  baggage?: boolean;
  /** Add a `ui.update` span. Default true where there is a document. */
  update?: boolean;
  attributes?: Attributes;
  /** Where this app keeps its carrier: returns an object to look into, or undefined. */
  extract?: (data: unknown) => unknown;
}
/** The latest valid context in a message, or null. */
export function extractMessageContext(message: unknown): MessageContext | null;
/** All valid contexts in order. */
export function extractMessageContexts(message: unknown): MessageContext[];
/** Adds the carriers of `propagate` at the top of the object, in place, and returns it: 'w3c' writes `traceparent` and `tracestate`, 'sentry' writes
 *  `sentry-trace` and `_sentry: { trace, baggage }`, either writes `baggage`. `span` defaults to activeSpan().
 *  A valid context already there, a frozen object or no span: unchanged. */
export function injectMessageContext<T extends object>(message: T, span?: Span): T;
/** Runs a handler inside a consumer span of the message. Always makes a span. */
export function traceMessage<T>(
  message: unknown,
  handler: (span: Span) => T,
  options?: MessageOptions,
): T;
/** With or without `new`; the result is a native WebSocket. */
export const tracedWebSocket: typeof WebSocket &
  ((url: string | URL, protocols?: string | string[]) => WebSocket);
/** Traces messages of listeners added from now on. Twice is once. */
export function traceWebSocket(socket: WebSocket, options?: MessageOptions): WebSocket;
export function traceEventSource(source: EventSource, options?: MessageOptions): EventSource;

/** A span may be the parent of spans that start after it ended. After end() every setter is a no-op. */
export interface Span extends Disposable {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
  readonly traceparent: string;
  setAttribute(key: string, value: AttributeValue): this;
  setAttributes(attributes: Attributes): this;
  addEvent(name: string, attributes?: Attributes, time?: number): this;
  addLink(context: Parent, attributes?: Attributes): this;
  setStatus(code: 'ok' | 'error', message?: string): this;
  setOk(): this;
  recordException(error: unknown): this;
  updateName(name: string): this;
  child(name: string, options?: SpanOptions): Span;
  /** Runs fn with this span active while it runs synchronously. */
  run<T>(fn: () => T): T;
  /** A function that runs with this span active: for callbacks, timers, events. */
  bind<F extends (...args: any[]) => any>(fn: F): F;
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  /** Writes the carriers of `propagate` into a plain object or Headers, and returns it. Checks no targets. */
  inject<T extends object>(carrier: T): T;
  end(time?: number): void;
}
export interface SamplingContext {
  name: string;
  kind: string;
  attributes: Attributes;
  parentSampled: boolean | undefined;
  parentSampleRate?: number;
  inheritOrSampleWith(rate: number): number;
}
/** A finished span as read back from the buffer; also one row of the collector's waterfall. */
export interface SpanRecord {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: string;
  serviceName: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Attributes;
  events: { name: string; timeUnixNano: string; attributes: Attributes }[];
  links: { traceId: string; spanId: string; attributes: Attributes }[];
  status: { code: 'unset' | 'ok' | 'error'; message?: string };
}
/**
 * The last `buffer.retain` ended spans, oldest first. Reading and clearing them never touches delivery.
 * What reads spans is loaded by `init` when it is needed: with `wasm.module` spans are recorded at once, but read as none
 * until the promise of `init` resolves. `tracelink/inline` reads them at once.
 */
export function bufferedSpans(): SpanRecord[];
export function clearBuffer(): void;
export function onSpanEnd(listener: (span: SpanRecord) => void): () => void;
/** The retained spans as OTLP TracesData; as JSON under the same condition as `bufferedSpans`. */
export function exportBuffer(format?: 'json'): string;
export function exportBuffer(format: 'protobuf'): Uint8Array;

/** Sends now. Never rejects. delivered and dropped: by this flush; pending and persisted: after it. */
export function flush(): Promise<FlushResult>;
export interface FlushResult {
  delivered: number;
  pending: number;
  persisted: number;
  dropped: number;
}
export type DropReason =
  | 'buffer_full'
  | 'too_large'
  | 'rejected'
  | 'not_retryable'
  | 'expired'
  | 'storage_full'
  | 'blocked'
  | 'discarded';
/** Sampled spans only; armed and in flight count as pending. started = open + ended; ended + recovered = delivered + pending + persisted + kept + sum(dropped). */
export interface Stats {
  started: number;
  open: number;
  ended: number;
  notSampled: number;
  /** Taken over from earlier pages. */
  recovered: number;
  delivered: number;
  pending: number;
  pendingBytes: number;
  /** Only in storage now. */
  persisted: number;
  /** Ended with no endpoint to go to. */
  kept: number;
  /** Malformed headers and messages that were passed over. */
  ignored: number;
  dropped: Partial<Record<DropReason, number>>;
}
export function stats(): Stats;
