// The entry point `tracelink/inline`: the wasm travels inside the JavaScript, so everything is on when init returns.

import bytes from '../pkg/tracelink_bg.wasm';
import { makeInit } from './init.ts';

export const init = /* @__PURE__ */ makeInit(bytes);
export * from './public.ts';
