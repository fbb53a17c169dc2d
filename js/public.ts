// What every entry point exports beside its own init.

export { setAttributesForAll as setAttributes } from './defaults.ts';
export { tracedFetch } from './fetch.ts';
export { flush, stats } from './flush.ts';
export { shutdown } from './init.ts';
export { bufferedSpans, clearBuffer, exportBuffer, onSpanEnd } from './inspect.ts';
export { activeSpan } from './span.ts';
export { startSpan } from './start.ts';
export { traceApiCall, traced, traceFlow, withSpan } from './with-span.ts';
