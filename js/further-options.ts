// What the entry point `tracelink` loads for pages with other options than most have: their rules.

import {
  callable,
  check,
  count,
  flag,
  type Members,
  object,
  one,
  or,
  plain,
  type Setting,
  size,
  text,
  texts,
} from './rules.ts';

export { capturer } from './capture.ts';

/** Where this file is: one of tracelink's own. */
export const url = import.meta.url;

/** Settings that take an option as it is, by the numbers of src/tracer/config.rs. */
const MAX_OPEN_SPANS = 1;
const FLUSH_INTERVAL = 2;
const MAX_BAGGAGE = 9;
const STRICT = 12;
const ORG_ID = 5;

const OPTIONS: Members = {
  resource: plain,
  // What fetch would refuse is refused at once.
  headers: (value) => plain(value) && texts(Object.values(value)) && new Headers(value),
  protocol: one('http/protobuf', 'http/json'),
  compression: one('gzip', 'none'),
  tracestate: ({ key, value }) =>
    texts([key, value]) &&
    /^[a-z\d][a-z\d_\-*/@]{0,255}=[ -+\--<>-~]{0,255}[!-+\--<>-~]$/.test(`${key}=${value}`),
  randomFlag: flag,
  maxBaggageBytes: [size, MAX_BAGGAGE],
  tracesSampler: callable,
  sentry: object({
    publicKey: text,
    orgId: [text, ORG_ID],
    release: text,
    environment: text,
    strictTraceContinuation: [flag, STRICT],
  }),
  captureHeaders: object({ request: texts, response: texts }),
  pageLoad: object({ resources: count, vitals: flag, navigations: flag }),
  session: one('tab', false),
  maxOpenSpans: [count, MAX_OPEN_SPANS],
  flushIntervalMs: [count, FLUSH_INTERVAL],
  persist: [or(flag, plain), { maxBytes: size, maxAgeMs: count }],
  keepalive: flag,
};

/** Names of options that there are not, and settings. Throws for the first option that is wrong. */
export function checkFurther(options: object): [unknown: string[], settings: Setting[]] {
  const [unknown, settings] = check(OPTIONS, options);
  return [Object.keys(unknown), settings];
}
