// Validates the options of init before anything is loaded: a wrong type or range refuses, an unknown key warns.
// What a refusal says is in refused.ts, which is loaded only then.

import type { InitOptions } from './types.d.ts';

// biome-ignore lint/suspicious/noExplicitAny: what is checked may be anything.
type Accepts = (value: any) => unknown;
/** For one that the crate takes as it is, also the number of its setting; for an object what it may hold. */
type Rule = Accepts | [accepts: Accepts, more: number | Members];
interface Members {
  [key: string]: Rule;
}

/** An object that can be read. */
const plain: Accepts = (value) =>
  typeof value === 'object' && !Array.isArray(value) && Object.entries(value);

const is =
  (type: string): Accepts =>
  (value) =>
    typeof value === type;
const upTo =
  (most: number): Accepts =>
  (value) =>
    typeof value === 'number' && value >= 0 && value <= most;
const tagged =
  (tag: RegExp): Accepts =>
  (value) =>
    tag.test({}.toString.call(value));
const one =
  (...values: unknown[]): Accepts =>
  (value) =>
    values.includes(value);
const or =
  (a: Accepts, b: Accepts): Accepts =>
  (value) =>
    a(value) || b(value);
const list =
  (accepts: Accepts): Accepts =>
  (value) =>
    Array.isArray(value) && value.every(accepts);
const object = (members: Members): Rule => [plain, members];

const flag = is('boolean');
const text = is('string');
const callable = is('function');
const texts = list(text);
const filled: Accepts = (value) => text(value) && value;
const pattern = or(text, tagged(/ RegExp]/));
const size = upTo(1e300);
/** Milliseconds as a timer takes them, and counts. */
const count = upTo(2147483647);

/** Settings that take an option as it is, by the numbers of src/tracer/config.rs. */
const MAX_OPEN_SPANS = 1;
const FLUSH_INTERVAL = 2;
const MAX_BYTES = 3;
const MAX_BAGGAGE = 9;
const REDACT_EMAILS = 11;
const STRICT = 12;
const ORG_ID = 5;
const REDACT_PARAMETER = 6;
const REDACT_HEADER = 7;
const REDACT_ATTRIBUTE = 8;

const OPTIONS: Members = {
  serviceName: filled,
  serviceVersion: text,
  environment: text,
  resource: plain,
  enabled: flag,
  endpoint: or(text, one(null)),
  tracesEndpoint: filled,
  // What fetch would refuse is refused at once.
  headers: (value) => plain(value) && texts(Object.values(value)) && new Headers(value),
  protocol: one('http/protobuf', 'http/json'),
  compression: one('gzip', 'none'),
  propagate: list(one('w3c', 'sentry')),
  tracePropagationTargets: list(or(pattern, (value) => plain(value) && pattern(value.not))),
  ignoreUrls: list(pattern),
  tracestate: ({ key, value }) =>
    texts([key, value]) &&
    /^[a-z\d][a-z\d_\-*/@]{0,255}=[ -+\--<>-~]{0,255}[!-+\--<>-~]$/.test(`${key}=${value}`),
  randomFlag: flag,
  maxBaggageBytes: [size, MAX_BAGGAGE],
  sampleRate: or(upTo(1), one(null)),
  tracesSampler: callable,
  sentry: object({
    publicKey: text,
    orgId: [text, ORG_ID],
    release: text,
    environment: text,
    strictTraceContinuation: [flag, STRICT],
  }),
  redact: object({
    queryParameters: [texts, REDACT_PARAMETER],
    headers: [texts, REDACT_HEADER],
    attributes: [texts, REDACT_ATTRIBUTE],
    emails: [flag, REDACT_EMAILS],
    url: callable,
  }),
  captureHeaders: object({ request: texts, response: texts }),
  pageLoad: object({ resources: count, vitals: flag, navigations: flag }),
  session: one('tab', false),
  buffer: object({ maxBytes: [size, MAX_BYTES], retain: count }),
  maxOpenSpans: [count, MAX_OPEN_SPANS],
  flushIntervalMs: [count, FLUSH_INTERVAL],
  persist: [or(flag, plain), { maxBytes: size, maxAgeMs: count }],
  keepalive: flag,
  debug: or(flag, one('console')),
  wasm: object({
    // What fetch would refuse is refused at once, before its error tells of credentials.
    url: (value) => or(text, tagged(/ URL]/))(value) && new Request(value),
    module: tagged(/ WebAssembly.Module]/),
    bytes: tagged(/ (ArrayBuffer|DataView|\w+Array)]/),
  }),
};

/** Whether a value is accepted; one that cannot be looked at is not. */
function holds(accepts: Accepts, value: unknown): boolean {
  try {
    return !!accepts(value);
  } catch {
    return false;
  }
}

/** An option that is refused; without a name all of them. */
export interface Refused extends Error {
  _name: string;
  _value: unknown;
}

/** The error for an option, with what can be said of it without more code. */
export function refused(_name: string, _value: unknown): Refused {
  const error = new TypeError(`tracelink: option ${_name} is wrong`);
  return Object.assign(error, { _name, _value });
}

/** A setting of the crate with its value: a number, a text, a list of texts. */
export type Setting = [setting: number, value: unknown];

/** What the check of the options found out. */
type Checked = [unknown: string[], settings: Setting[]];

/** Names of options that there are not, and settings. Throws for the first option that is wrong. */
export function check(options: InitOptions): Checked {
  const unknown: string[] = [];
  const settings: Setting[] = [];
  const walk = (members: Members, values: Record<string, unknown>, path: string): void => {
    for (const [key, value] of Object.entries(values)) {
      const name = path + key;
      if (!Object.hasOwn(members, key)) {
        unknown.push(name);
      } else if (value !== undefined || key === 'serviceName') {
        const [accepts, more] = [members[key]].flat() as [Accepts, (number | Members)?];
        if (!holds(accepts, value)) throw refused(name, value);
        if (typeof more === 'number') settings.push([more, value]);
        else if (more && plain(value)) walk(more, value as Record<string, unknown>, `${name}.`);
      }
    }
  };
  if (!holds(plain, options)) throw refused('', options);
  // It is missing unless it is given.
  walk(OPTIONS, { serviceName: undefined, ...(options as object) }, '');
  return [unknown, settings];
}
