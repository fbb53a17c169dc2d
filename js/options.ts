// Validates the options of init before anything is loaded: a wrong type or range refuses, an unknown key warns.

import type { InitOptions } from './types.d.ts';

// biome-ignore lint/suspicious/noExplicitAny: what is checked may be anything.
type Accepts = (value: any) => unknown;
/** What a value must be, in code and in words. */
type Kind = [accepts: Accepts, words: string];
/** For one that the crate takes as it is, also the number of its setting; for an object what it may hold. */
type Rule = [...Kind, more?: number | Members];
interface Members {
  [key: string]: Rule;
}

/** An object that can be read. */
const plain: Accepts = (value) =>
  typeof value === 'object' && !Array.isArray(value) && Object.entries(value);

const is = (type: string): Kind => [(value) => typeof value === type, `a ${type}`];
const upTo = (most: number, words = `a number from 0 to ${most}`): Kind => [
  (value) => typeof value === 'number' && value >= 0 && value <= most,
  words,
];
const tagged = (tag: RegExp, words: string): Kind => [
  (value) => tag.test(Object.prototype.toString.call(value).slice(8, -1)),
  words,
];
const one = (...values: unknown[]): Kind => [
  (value) => values.includes(value),
  values.map(show).join(' or '),
];
const or = (a: Kind, b: Kind): Kind => [
  (value) => a[0](value) || b[0](value),
  `${a[1]} or ${b[1]}`,
];
const list = ([accepts, words]: Kind): Kind => [
  (value) => Array.isArray(value) && value.every(accepts),
  `a list, each item ${words}`,
];
const anyObject: Kind = [plain, 'an object'];
const object = (members: Members): Rule => [...anyObject, members];

const flag = is('boolean');
const text = is('string');
const callable = is('function');
const texts = list(text);
const filled: Kind = [(value) => text[0](value) && value, 'a string that is not empty'];
const pattern = or(text, tagged(/^RegExp$/, 'a regular expression'));
const size = upTo(Number.MAX_VALUE, 'a number of bytes, 0 or more');
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
  resource: anyObject,
  enabled: flag,
  endpoint: or(text, one(null)),
  tracesEndpoint: filled,
  headers: [
    // What fetch would refuse is refused at once.
    (value) => plain(value) && texts[0](Object.values(value)) && new Headers(value),
    'an object of header names and values',
  ],
  protocol: one('http/protobuf', 'http/json'),
  compression: one('gzip', 'none'),
  propagate: list(one('w3c', 'sentry')),
  tracePropagationTargets: list(
    or(pattern, [(value) => plain(value) && pattern[0](value.not), '{ not }']),
  ),
  ignoreUrls: list(pattern),
  tracestate: [
    ({ key, value }) =>
      texts[0]([key, value]) &&
      /^[a-z\d][a-z\d_\-*/@]{0,255}=[ -+\--<>-~]{0,255}[!-+\--<>-~]$/.test(`${key}=${value}`),
    'a key and a value by the grammar of W3C Trace Context level 2',
  ],
  randomFlag: flag,
  maxBaggageBytes: [...size, MAX_BAGGAGE],
  sampleRate: or(upTo(1), one(null)),
  tracesSampler: callable,
  sentry: object({
    publicKey: text,
    orgId: [...text, ORG_ID],
    release: text,
    environment: text,
    strictTraceContinuation: [...flag, STRICT],
  }),
  redact: object({
    queryParameters: [...texts, REDACT_PARAMETER],
    headers: [...texts, REDACT_HEADER],
    attributes: [...texts, REDACT_ATTRIBUTE],
    emails: [...flag, REDACT_EMAILS],
    url: callable,
  }),
  captureHeaders: object({ request: texts, response: texts }),
  pageLoad: object({ resources: count, vitals: flag, navigations: flag }),
  session: one('tab', false),
  buffer: object({ maxBytes: [...size, MAX_BYTES], retain: count }),
  maxOpenSpans: [...count, MAX_OPEN_SPANS],
  flushIntervalMs: [...count, FLUSH_INTERVAL],
  persist: [...or(flag, anyObject), { maxBytes: size, maxAgeMs: count }],
  keepalive: flag,
  debug: or(flag, one('console')),
  wasm: object({
    url: or(text, tagged(/^URL$/, 'a URL')),
    module: tagged(/^WebAssembly.Module$/, 'a WebAssembly.Module'),
    bytes: tagged(/^(ArrayBuffer|DataView|\w+Array)$/, 'an ArrayBuffer or a view of one'),
  }),
};

/** A value as a message shows it: short, and harmless whatever it is. */
function show(value: unknown): string {
  try {
    const shown =
      typeof value === 'string'
        ? `'${value}'`
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value);
    return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
  } catch {
    return typeof value;
  }
}

/** Whether a value is accepted; one that cannot be looked at is not. */
function holds(accepts: Accepts, value: unknown): boolean {
  try {
    return !!accepts(value);
  } catch {
    return false;
  }
}

/** What a message says of an option. */
export function problemOf(name: string, value: unknown, words: string): TypeError {
  return new TypeError(`tracelink: option ${name} must be ${words}; got ${show(value)}`);
}

/** A setting of the crate with its value: a number, a text, a list of texts. */
export type Setting = [setting: number, value: unknown];

/** What the check of the options found out. */
export interface Checked {
  /** Names of options that there are not. */
  _unknown: string[];
  _settings: Setting[];
}

/** Throws an error that says in one sentence what is wrong with the options. */
export function check(options: InitOptions): Checked {
  const checked: Checked = { _unknown: [], _settings: [] };
  const walk = (members: Members, values: Record<string, unknown>, path: string): void => {
    for (const [key, value] of Object.entries(values)) {
      const name = path + key;
      if (!Object.hasOwn(members, key)) {
        checked._unknown.push(name);
      } else if (value !== undefined || key === 'serviceName') {
        const [accepts, words, more] = members[key];
        if (!holds(accepts, value)) throw problemOf(name, value, words);
        if (typeof more === 'number') checked._settings.push([more, value]);
        else if (more && plain(value)) walk(more, value as Record<string, unknown>, `${name}.`);
      }
    }
  };
  if (!holds(plain, options))
    throw new TypeError(`tracelink: init needs an object of options; got ${show(options)}`);
  // It is missing unless it is given.
  walk(OPTIONS, { serviceName: undefined, ...(options as object) }, '');
  return checked;
}
