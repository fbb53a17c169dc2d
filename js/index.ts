// The entry point `tracelink`: the wasm is loaded from beside the package, or from where init says.

import { makeInit } from './init.ts';

export const init = /* @__PURE__ */ makeInit(
  () => new URL('../pkg/tracelink_bg.wasm', import.meta.url),
);
export * from './public.ts';
