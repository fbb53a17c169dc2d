// The entry point `tracelink/inline`: the wasm travels inside the JavaScript, so everything is on when init returns.

import bytes from '../pkg/tracelink_bg.wasm';
import { compile } from './compile.ts';
import * as options from './further-options.ts';
import { makeInit } from './init.ts';
import * as outside from './outside.ts';
import * as records from './records.ts';
import * as recovery from './recover.ts';
import * as words from './refused.ts';
import * as sampler from './sampler.ts';
import * as tab from './tab.ts';

export const init = /* @__PURE__ */ makeInit({
  _wasm: () => compile((bytes as unknown as () => BufferSource)()),
  _reader: () => ({ ...records, ...outside }),
  _words: () => words,
  _options: () => options,
  _sampler: () => sampler,
  _tab: () => tab,
  _recovery: () => recovery,
});
export * from './public.ts';
