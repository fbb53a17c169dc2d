// The entry point `tracelink`: the wasm is loaded from beside the package, or from where init says; what reads spans from beside this file.

import { makeInit } from './init.ts';

export const init = /* @__PURE__ */ makeInit(
  // Until version 7, Vite's development server moves the JavaScript of a package, and not what lies beside it.
  () => new URL('./tracelink.wasm', import.meta.url).href.replace('.vite/deps', 'tracelink/dist'),
  () => import('./inspect.ts'),
  () => import('./refused.ts'),
  () => import('./sampler.ts'),
  () => import('./tab.ts'),
  () => import('./recover.ts'),
);
export * from './public.ts';
