// The options of init that most pages have, and those that count from the first call on.

import {
  callable,
  filled,
  flag,
  list,
  type Members,
  object,
  one,
  or,
  pattern,
  plain,
  tagged,
  text,
  upTo,
} from './rules.ts';

export const OPTIONS: Members = {
  serviceName: filled,
  serviceVersion: text,
  environment: text,
  enabled: flag,
  endpoint: or(text, one(null)),
  tracesEndpoint: filled,
  tracePropagationTargets: list(or(pattern, (value) => plain(value) && pattern(value.not))),
  ignoreUrls: list(pattern),
  sampleRate: or(upTo(1), one(null)),
  debug: or(flag, one('console')),
  redact: object({ url: callable }),
  wasm: object({
    module: tagged(/ WebAssembly.Module]/),
  }),
};
