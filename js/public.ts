// What every entry point exports beside its own init.

export { bufferedSpans, clearBuffer, exportBuffer, onSpanEnd } from './buffer.ts';
export { setAttributesForAll as setAttributes } from './defaults.ts';
export { traceEventSource } from './event-source.ts';
export { tracedFetch } from './fetch.ts';
export { traceFlow } from './flow.ts';
export { flush, stats } from './flush.ts';
export { shutdown } from './init.ts';
export { traceMessage } from './message-span.ts';
export {
  extractMessageContext,
  extractMessageContexts,
  injectMessageContext,
} from './messages.ts';
export { tracePageLoad } from './page.ts';
export { activeSpan } from './span.ts';
export { startSpan } from './start.ts';
export { traceUpdate } from './update.ts';
export { tracedWebSocket, traceWebSocket } from './websocket.ts';
export { traceApiCall, traced, withSpan } from './with-span.ts';
