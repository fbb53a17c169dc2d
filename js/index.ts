// The entry point `tracelink`: the wasm is loaded from beside the package, or from where init says; what reads spans from beside this file.

import { makeInit } from './init.ts';
import { download } from './load.ts';

export const init = /* @__PURE__ */ makeInit({
  _wasm: () =>
    download(
      // Until version 7, Vite's development server moves the JavaScript of a package, and not what lies beside it.
      new URL('./tracelink.wasm', import.meta.url).href.replace('.vite/deps', 'tracelink/dist'),
    ),
  _reader: () => import('./inspect.ts'),
  _words: () => import('./refused.ts'),
  _options: () => import('./further-options.ts'),
  _sampler: () => import('./sampler.ts'),
  _tab: () => import('./tab.ts'),
  _recovery: () => import('./recover.ts'),
});
export * from './public.ts';
