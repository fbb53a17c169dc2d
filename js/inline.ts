// The entry point `tracelink/inline`: the wasm travels inside the JavaScript, so everything is on when init returns.

import bytes from '../pkg/tracelink_bg.wasm';
import { makeInit } from './init.ts';
import type { DefaultSource } from './load.ts';
import * as reader from './records.ts';
import * as words from './refused.ts';
import * as sampler from './sampler.ts';

export const init = /* @__PURE__ */ makeInit(
  bytes as unknown as DefaultSource,
  () => reader,
  () => words,
  () => sampler,
);
export * from './public.ts';
