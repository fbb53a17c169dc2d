// Validates the options of init before anything is loaded: a wrong type or range refuses, an unknown key warns.

import type { InitOptions } from './types.d.ts';

type Check = (value: unknown) => boolean;

const number =
  (least: number, most: number): Check =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most;
const string: Check = (value) => typeof value === 'string';
const boolean: Check = (value) => typeof value === 'boolean';
const callable: Check = (value) => typeof value === 'function';
const plain: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const any =
  (...checks: Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));
const one =
  (...values: unknown[]): Check =>
  (value) =>
    values.includes(value);
const list =
  (item: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(item);
const record =
  (item: Check): Check =>
  (value) =>
    plain(value) && Object.values(value as object).every(item);

/** What fetch would refuse is refused at once. */
const headers: Check = (value) => {
  try {
    return record(string)(value) && !!new Headers(value as Record<string, string>);
  } catch {
    return false;
  }
};
const kind =
  (names: RegExp): Check =>
  (value) =>
    names.test(Object.prototype.toString.call(value).slice(8, -1));

const pattern = any(string, (value) => value instanceof RegExp);
const target = any(pattern, (value) => plain(value) && pattern((value as { not?: unknown }).not));
const MOST_MS = 2147483647;
const ms = number(0, MOST_MS);
const bytes = number(0, Number.MAX_VALUE);
const names = list(string);
// Keys and values of tracestate, level 2.
const member: Check = (given) => {
  const { key, value } = { ...(given as InitOptions['tracestate']) };
  return (
    string(key) &&
    string(value) &&
    /^[a-z\d][a-z\d_\-*/@]{0,255}$/.test(key as string) &&
    /^[ -+\--<>-~]{0,255}[!-+\--<>-~]$/.test(value as string)
  );
};

type Rule = [Check, string] | Rules;
interface Rules {
  [key: string]: Rule;
}

const flag: Rule = [boolean, 'a boolean'];
const text: Rule = [string, 'a string'];
const texts: Rule = [names, 'a list of strings'];
const size: Rule = [bytes, 'a number of bytes, 0 or more'];
const anyObject: Rule = [plain, 'an object'];

const RULES: Rules = {
  serviceName: [(value) => string(value) && value !== '', 'a string that is not empty'],
  serviceVersion: text,
  environment: text,
  resource: anyObject,
  enabled: flag,
  endpoint: [any(string, one(null)), 'a URL or null'],
  tracesEndpoint: [(value) => string(value) && value !== '', 'a URL'],
  headers: [headers, 'an object of header names and values'],
  protocol: [one('http/protobuf', 'http/json'), "'http/protobuf' or 'http/json'"],
  compression: [one('gzip', 'none'), "'gzip' or 'none'"],
  propagate: [list(one('w3c', 'sentry')), "a list of 'w3c' and 'sentry'"],
  tracePropagationTargets: [list(target), 'a list of strings, regular expressions and { not }'],
  ignoreUrls: [list(pattern), 'a list of strings and regular expressions'],
  tracestate: [member, 'a key and a value by the grammar of W3C Trace Context level 2'],
  randomFlag: flag,
  maxBaggageBytes: size,
  sampleRate: [any(number(0, 1), one(null)), 'a number from 0 to 1, or null'],
  tracesSampler: [callable, 'a function'],
  sentry: {
    publicKey: text,
    orgId: text,
    release: text,
    environment: text,
    strictTraceContinuation: flag,
  },
  redact: {
    queryParameters: texts,
    headers: texts,
    attributes: texts,
    emails: flag,
    url: [callable, 'a function'],
  },
  captureHeaders: { request: texts, response: texts },
  pageLoad: {
    resources: [number(0, MOST_MS), 'a number, 0 or more'],
    vitals: flag,
    navigations: flag,
  },
  session: [one('tab', false), "'tab' or false"],
  buffer: { maxBytes: size, retain: [number(0, MOST_MS), 'a number of spans, 0 or more'] },
  maxOpenSpans: [number(0, MOST_MS), 'a number, 0 or more'],
  flushIntervalMs: [ms, `milliseconds from 0 to ${MOST_MS}`],
  persist: [any(boolean, plain), 'a boolean or an object'],
  keepalive: flag,
  debug: [any(boolean, one('console')), "a boolean or 'console'"],
  wasm: {
    url: [any(string, (value) => value instanceof URL), 'a URL'],
    module: [kind(/^WebAssembly.Module$/), 'a WebAssembly.Module'],
    bytes: [kind(/^(ArrayBuffer|DataView|\w+Array)$/), 'an ArrayBuffer or a view of one'],
  },
};

const PERSIST: Rules = { maxBytes: size, maxAgeMs: [ms, `milliseconds from 0 to ${MOST_MS}`] };

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

function check(
  rules: Rules,
  values: Record<string, unknown>,
  path: string,
  unknown: string[],
): string | undefined {
  for (const key of Object.keys(values)) {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
    const value = values[key];
    const name = path + key;
    if (!rule) unknown.push(name);
    else if (value === undefined) continue;
    else if (Array.isArray(rule)) {
      if (!(rule as [Check, string])[0](value))
        return wrong(name, value, (rule as [Check, string])[1]);
    } else {
      if (!plain(value)) return wrong(name, value, 'an object');
      const problem = check(rule as Rules, value as Record<string, unknown>, `${name}.`, unknown);
      if (problem) return problem;
    }
  }
  return undefined;
}

function wrong(name: string, value: unknown, accepted: string): string {
  return `option ${name} must be ${accepted}; got ${show(value)}`;
}

/** What is wrong with the options, in one sentence; undefined when nothing is. Names unknown keys in `unknown`. */
export function problemOf(options: unknown, unknown: string[]): string | undefined {
  try {
    if (!plain(options)) return `init needs an object of options; got ${show(options)}`;
    const given = options as InitOptions & Record<string, unknown>;
    if (given.serviceName === undefined)
      return wrong('serviceName', undefined, 'a string that is not empty');
    const problem = check(RULES, given, '', unknown);
    if (problem) return problem;
    return plain(given.persist)
      ? check(PERSIST, given.persist as Record<string, unknown>, 'persist.', unknown)
      : undefined;
  } catch (error) {
    return `the options cannot be read: ${show(error)}`;
  }
}
