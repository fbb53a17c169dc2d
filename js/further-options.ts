// What the entry point `tracelink` loads for pages with other options than most have: their rules.

import { type Capture, capturer } from './capture.ts';
import { compile } from './compile.ts';
import type { Wasm } from './load.ts';
import { member } from './member.ts';
import type { Parts } from './parts.ts';
import type { Manner } from './platform/transport.js';
import {
  callable,
  check,
  flag,
  list,
  type Members,
  object,
  one,
  or,
  plain,
  type Setting,
  tagged,
  text,
  upTo,
} from './rules.ts';
import type { Ask } from './sampling.ts';
import type { Attributes, InitOptions } from './types.d.ts';

/** Settings that take an option as it is, by the numbers of src/tracer/config.rs. */
const MAX_OPEN_SPANS = 1;
const FLUSH_INTERVAL = 2;
const MAX_BAGGAGE = 9;
const STRICT = 12;
const ORG_ID = 5;
const OWN_STATE = 0;
const MEMBER = 1;
const WRITE_W3C = 7;
const WRITE_SENTRY = 8;
const MAX_BYTES = 3;
const REDACT_EMAILS = 11;
const REDACT_PARAMETER = 6;
const REDACT_HEADER = 7;
const REDACT_ATTRIBUTE = 8;

const texts = list(text);
const size = upTo(1e300);
/** Milliseconds as a timer takes them, and counts. */
const count = upTo(2147483647);

const OPTIONS: Members = {
  propagate: list(one('w3c', 'sentry')),
  buffer: object({ maxBytes: [size, MAX_BYTES], retain: count }),
  'redact.queryParameters': [texts, REDACT_PARAMETER],
  'redact.headers': [texts, REDACT_HEADER],
  'redact.attributes': [texts, REDACT_ATTRIBUTE],
  'redact.emails': [flag, REDACT_EMAILS],
  // What fetch would refuse is refused at once, before its error tells of credentials.
  'wasm.url': (value) => or(text, tagged(/ URL]/))(value) && new Request(value),
  'wasm.bytes': tagged(/ (ArrayBuffer|DataView|\w+Array)]/),
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

/** The settings of such options; says which options there are not. Throws for the first one that is wrong. */
export function checkFurther(options: Partial<InitOptions>): Setting[] {
  const [unknown, settings] = check(OPTIONS, options);
  const names = Object.keys(unknown);
  if (names.length) console.warn(`tracelink: unknown option ${names.join(', ')}`);
  const { tracestate, propagate, sentry } = options;
  settings.push([
    MEMBER,
    [member('public_key', sentry?.publicKey), member('org_id', sentry?.orgId)].filter(Boolean),
  ]);
  if (tracestate) settings.push([OWN_STATE, `${tracestate.key}=${tracestate.value}`]);
  if (propagate)
    settings.push(
      [WRITE_W3C, propagate.includes('w3c')],
      [WRITE_SENTRY, propagate.includes('sentry')],
    );
  return settings;
}

function tabOf(parts: Parts) {
  const tab = parts._tab();
  return tab instanceof Promise ? tab.catch(warn) : tab;
}

/** What such options ask for that is code. */
export interface More {
  /** How requests are sent. */
  _manner: Partial<Manner>;
  /** Asks the page's sampler. */
  _ask: Ask | undefined;
  /** Records headers. */
  _capture: Capture | undefined;
  /** The wasm that the page gave, other than compiled. */
  _module: Wasm | undefined;
  /** Attributes of all spans. */
  _defaults: Attributes;
  /** Has the session. */
  _tab: typeof import('./tab.ts') | undefined;
}

/** Without it there is no session, and nothing else is lost. */
const warn = (error: unknown): undefined => {
  console.warn('tracelink: a part of it did not load:', error);
};

/**
 * Loads what is asked for, at once where the entry point has all of it in itself. Throws if something does not load that
 * decides on what is sent.
 */
export function prepare(
  options: InitOptions,
  parts: Parts,
  ownUrls: Set<string>,
  download: (url: string | URL) => Wasm,
): More | Promise<More> {
  ownUrls.add(import.meta.url);
  const { url, bytes } = options.wasm ?? {};
  const wanted = [
    options.protocol === 'http/json' && parts._reader(),
    options.tracesSampler && parts._sampler(),
    options.session && tabOf(parts),
  ] as const;
  type Arrived = { [At in keyof typeof wanted]: Awaited<(typeof wanted)[At]> };
  const ready = ([json, sampler, tab]: Arrived): More => {
    if (sampler) ownUrls.add(sampler.url);
    return {
      _manner: {
        headers: {
          'content-type': `application/${json ? 'json' : 'x-protobuf'}`,
          ...Object.fromEntries(new Headers(options.headers)),
        },
        gzip: options.compression !== 'none',
        keepalive: options.keepalive !== false,
        maxKept: Object(options.persist).maxBytes,
        encode: json ? (body) => new TextEncoder().encode(json.toJson(body)) : undefined,
      },
      _ask: sampler ? sampler.askBy(options) : undefined,
      _capture: capturer(options),
      _module: bytes ? compile(bytes) : url ? download(url) : undefined,
      _defaults: tab ? { 'session.id': tab.sessionId() } : {},
      _tab: tab || undefined,
    };
  };
  return wanted.some((part) => part instanceof Promise)
    ? Promise.all(wanted).then(ready)
    : ready(wanted as Arrived);
}
