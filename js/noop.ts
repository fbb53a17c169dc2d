// The entry point `tracelink/noop`, and the one that Node gets: the same functions, and nothing behind them.

import { DISPOSE } from './given.ts';
import type * as api from './types.d.ts';

const server = typeof self === 'undefined';

/** A span of which nothing is recorded. */
const span: api.Span = {
  traceId: '0'.repeat(32),
  spanId: '0'.repeat(16),
  sampled: false,
  traceparent: `00-${'0'.repeat(32)}-${'0'.repeat(16)}-00`,
  setAttribute: () => span,
  setAttributes: () => span,
  addEvent: () => span,
  addLink: () => span,
  setStatus: () => span,
  setOk: () => span,
  recordException: () => span,
  updateName: () => span,
  child: () => span,
  run: (fn) => fn(),
  bind: (fn) => fn,
  fetch: (...args) => fetch(...args),
  inject: (carrier) => carrier,
  end() {},
  [DISPOSE]() {},
};

const call = (_name: string, second: unknown, third?: unknown) =>
  ((third ?? second) as (span: api.Span) => unknown)(span);

/** What an empty page of spans counts. */
const NOTHING = {
  started: 0,
  open: 0,
  ended: 0,
  notSampled: 0,
  recovered: 0,
  delivered: 0,
  pending: 0,
  pendingBytes: 0,
  persisted: 0,
  kept: 0,
  ignored: 0,
};

export const init: typeof api.init = async () => ({
  ok: false,
  reason: server ? 'server' : 'disabled',
});
export const shutdown: typeof api.shutdown = async () => {};
export const tracePageLoad: typeof api.tracePageLoad = () => span;
export const tracedFetch: typeof api.tracedFetch = (...args) => fetch(...args);
export const startSpan: typeof api.startSpan = () => span;
export const withSpan = call as typeof api.withSpan;
export const traceApiCall = call as typeof api.traceApiCall;
export const traceFlow = call as typeof api.traceFlow;
export const traceUpdate = call as typeof api.traceUpdate;
export const traced = ((_name: string, fn?: unknown) =>
  fn ?? ((method: unknown) => method)) as typeof api.traced;
export const activeSpan: typeof api.activeSpan = () => undefined;
export const setAttributes: typeof api.setAttributes = () => {};
export const extractMessageContext: typeof api.extractMessageContext = () => null;
export const extractMessageContexts: typeof api.extractMessageContexts = () => [];
export const injectMessageContext: typeof api.injectMessageContext = (message) => message;
export const traceMessage: typeof api.traceMessage = (_message, handler) => handler(span);
export const traceWebSocket: typeof api.traceWebSocket = (socket) => socket;
export const traceEventSource: typeof api.traceEventSource = (source) => source;
/** With or without `new`, like the real one, and what WebSocket is when it is called. */
export const tracedWebSocket = /* @__PURE__ */ new Proxy(
  typeof WebSocket === 'function' ? WebSocket : Object,
  {
    construct: (_, args, made) =>
      Reflect.construct(WebSocket, args, made === tracedWebSocket ? WebSocket : made),
    apply: (_, __, args) => Reflect.construct(WebSocket, args),
  },
) as typeof api.tracedWebSocket;
export const bufferedSpans: typeof api.bufferedSpans = () => [];
export const clearBuffer: typeof api.clearBuffer = () => {};
export const onSpanEnd: typeof api.onSpanEnd = () => () => {};
export const exportBuffer = ((format?: string) =>
  format === 'protobuf' ? new Uint8Array() : '{"resourceSpans":[]}') as typeof api.exportBuffer;
export const flush: typeof api.flush = async () => ({
  delivered: 0,
  pending: 0,
  persisted: 0,
  dropped: 0,
});
export const stats: typeof api.stats = () => ({ ...NOTHING, dropped: {} });
