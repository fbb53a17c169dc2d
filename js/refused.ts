// What the entry point `tracelink` loads when it refuses options: why, in one sentence.

import type { Refused } from './rules.ts';

/** What the options must be that are named behind it. */
const WORDS: [words: string, ...names: string[]][] = [
  ['a string that is not empty', 'serviceName'],
  [
    'a string',
    'serviceVersion',
    'environment',
    'sentry.publicKey',
    'sentry.orgId',
    'sentry.release',
    'sentry.environment',
  ],
  [
    'a boolean',
    'enabled',
    'randomFlag',
    'keepalive',
    'sentry.strictTraceContinuation',
    'redact.emails',
    'pageLoad.vitals',
    'pageLoad.navigations',
  ],
  ['a function', 'tracesSampler', 'redact.url'],
  ['an object', 'resource', 'sentry', 'redact', 'captureHeaders', 'pageLoad', 'buffer', 'wasm'],
  ['an object of header names and values', 'headers'],
  [
    'a URL of http or https without credentials, or relative to the page; endpoint also null',
    'endpoint',
    'tracesEndpoint',
  ],
  ["'http/protobuf' or 'http/json'", 'protocol'],
  ["'gzip' or 'none'", 'compression'],
  ["a list, each item 'w3c' or 'sentry'", 'propagate'],
  [
    'a list, each item a string, a regular expression or { not } with one of these',
    'tracePropagationTargets',
  ],
  ['a list, each item a string or a regular expression', 'ignoreUrls'],
  [
    'a list, each item a string',
    'redact.queryParameters',
    'redact.headers',
    'redact.attributes',
    'captureHeaders.request',
    'captureHeaders.response',
  ],
  ['a key and a value by the grammar of W3C Trace Context level 2', 'tracestate'],
  ['a number of bytes, 0 or more', 'maxBaggageBytes', 'buffer.maxBytes', 'persist.maxBytes'],
  ['a number from 0 to 1 or null', 'sampleRate'],
  [
    'a number from 0 to 2147483647',
    'maxOpenSpans',
    'flushIntervalMs',
    'persist.maxAgeMs',
    'buffer.retain',
    'pageLoad.resources',
  ],
  ["'tab' or false", 'session'],
  ['a boolean or an object', 'persist'],
  ["a boolean or 'console'", 'debug'],
  ['a string or a URL', 'wasm.url'],
  ['a WebAssembly.Module', 'wasm.module'],
  ['an ArrayBuffer or a view of one', 'wasm.bytes'],
];

/** Text without what may be secret in a URL: its user, and all behind its path. */
const shortened = (_: unknown, value: unknown) =>
  typeof value === 'string' ? value.replace(/\/\/[^/]*@/, '//').replace(/[?#].*/s, '…') : value;

/** A value as a message shows it: short, without secrets, and harmless whatever it is. */
function show(value: unknown, isSecret: boolean): string {
  if (isSecret) return typeof value;
  try {
    const shown =
      typeof value === 'string'
        ? `'${shortened(0, value)}'`
        : typeof value === 'object'
          ? JSON.stringify(value, shortened)
          : String(value);
    return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
  } catch {
    return typeof value;
  }
}

/** The error with all that can be said of it, if it is about an option; without a name about all of them. */
export function explain(error: Error): Error {
  const { _name: name, _value: value } = error as Refused;
  if (name === undefined) return error;
  const [words] = WORDS.find(([, ...names]) => names.includes(name)) ?? [];
  const must = name ? `option ${name} must be ${words}` : 'init needs an object of options';
  return new TypeError(`tracelink: ${must}; got ${show(value, name === 'headers')}`);
}
