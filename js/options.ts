// The options of init that most pages have, and those that count from the first call on.

import {
  callable,
  count,
  filled,
  flag,
  list,
  type Members,
  object,
  one,
  or,
  pattern,
  plain,
  size,
  tagged,
  text,
  texts,
  upTo,
} from './rules.ts';

/** Settings that take an option as it is, by the numbers of src/tracer/config.rs. */
const MAX_BYTES = 3;
const REDACT_EMAILS = 11;
const REDACT_PARAMETER = 6;
const REDACT_HEADER = 7;
const REDACT_ATTRIBUTE = 8;

export const OPTIONS: Members = {
  serviceName: filled,
  serviceVersion: text,
  environment: text,
  enabled: flag,
  endpoint: or(text, one(null)),
  tracesEndpoint: filled,
  propagate: list(one('w3c', 'sentry')),
  tracePropagationTargets: list(or(pattern, (value) => plain(value) && pattern(value.not))),
  ignoreUrls: list(pattern),
  sampleRate: or(upTo(1), one(null)),
  redact: object({
    queryParameters: [texts, REDACT_PARAMETER],
    headers: [texts, REDACT_HEADER],
    attributes: [texts, REDACT_ATTRIBUTE],
    emails: [flag, REDACT_EMAILS],
    url: callable,
  }),
  buffer: object({ maxBytes: [size, MAX_BYTES], retain: count }),
  debug: or(flag, one('console')),
  wasm: object({
    module: tagged(/ WebAssembly.Module]/),
  }),
};
