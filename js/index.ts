// The entry point `tracelink`: the wasm is loaded from beside the package, or from where init says; what reads spans from beside this file.

import { makeInit } from './init.ts';

export const init = /* @__PURE__ */ makeInit(
  () => new URL('./tracelink.wasm', import.meta.url),
  () => import('./inspect.ts'),
  () => import('./refused.ts'),
);
export * from './public.ts';
