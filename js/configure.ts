// Hands validated options to a fresh crate, by the numbers of src/tracer/config.rs.

import { setEndpoint } from '../pkg/tracelink.js';
import { crate, DEFAULTS, put, RESOURCE, setAttributes, snapshot } from './bridge.ts';
import { reader } from './buffer.ts';
import { setSampler } from './sampling.ts';
import { setRandomFlag } from './trace.ts';
import type { InitOptions } from './types.d.ts';
import { VERSION } from './version.ts';

const NUMBERS = {
  sampleRate: 0,
  maxOpenSpans: 1,
  flushInterval: 2,
  maxBytes: 3,
  retain: 4,
  resources: 5,
  writeW3c: 7,
  writeSentry: 8,
  maxBaggage: 9,
  redactEmails: 11,
  strict: 12,
  export: 13,
};
const TEXTS = {
  stateKey: 0,
  stateValue: 1,
  publicKey: 2,
  release: 3,
  environment: 4,
  orgId: 5,
  redactParameter: 6,
  redactHeader: 7,
  redactAttribute: 8,
};

function number(setting: number, value: number | boolean | undefined): void {
  if (value !== undefined) crate.setNumberOption(setting, Number(value));
}

function text(setting: number, value: string | undefined): void {
  if (value !== undefined) crate.setTextOption(setting, put(value, 0));
}

/** How many ended spans are kept for inspection. */
export function retainOf(options: InitOptions, url: string | undefined): number {
  return options.buffer?.retain ?? (options.debug || url === undefined ? 1000 : 0);
}

/** Whether requests are JSON, which takes what reads spans. */
export function sendsJson(options: InitOptions, url: string | undefined): boolean {
  return url !== undefined && options.protocol === 'http/json';
}

/** Throws what the crate throws; the caller guards. */
export function configure(options: InitOptions, url: string | undefined): void {
  const { redact, sentry, propagate, sampleRate, environment, serviceVersion } = options;
  for (const name of redact?.queryParameters ?? []) text(TEXTS.redactParameter, name);
  for (const name of redact?.headers ?? []) text(TEXTS.redactHeader, name);
  for (const name of redact?.attributes ?? []) text(TEXTS.redactAttribute, name);
  number(NUMBERS.redactEmails, redact?.emails);
  const rate =
    sampleRate === undefined
      ? environment === 'production'
        ? 0.1
        : 1
      : (sampleRate ?? Number.NaN);
  number(NUMBERS.sampleRate, rate);
  number(NUMBERS.maxOpenSpans, options.maxOpenSpans);
  number(NUMBERS.flushInterval, options.flushIntervalMs);
  number(NUMBERS.maxBytes, options.buffer?.maxBytes);
  number(NUMBERS.retain, retainOf(options, url));
  number(NUMBERS.resources, options.pageLoad?.resources);
  number(NUMBERS.writeW3c, propagate?.includes('w3c'));
  number(NUMBERS.writeSentry, propagate?.includes('sentry'));
  number(NUMBERS.maxBaggage, options.maxBaggageBytes);
  number(NUMBERS.strict, sentry?.strictTraceContinuation);
  text(TEXTS.stateKey, options.tracestate?.key);
  text(TEXTS.stateValue, options.tracestate?.value);
  text(TEXTS.publicKey, sentry?.publicKey);
  text(TEXTS.release, sentry?.release ?? serviceVersion);
  text(TEXTS.environment, sentry?.environment ?? environment);
  text(TEXTS.orgId, sentry?.orgId);
  setAttributes(RESOURCE, [
    ['user_agent.original', navigator.userAgent],
    ...snapshot(options.resource),
    ['service.name', options.serviceName],
    ['service.version', serviceVersion],
    ['deployment.environment.name', environment],
    ['telemetry.sdk.name', 'tracelink'],
    ['telemetry.sdk.language', 'webjs'],
    ['telemetry.sdk.version', VERSION],
  ]);
  if (options.session === 'tab') setAttributes(DEFAULTS, [['session.id', sessionId()]]);
  setRandomFlag(options.randomFlag);
  setSampler(sampleRate === null ? undefined : options.tracesSampler);
  if (url === undefined) return;
  number(NUMBERS.export, true);
  const headers = Object.entries(options.headers ?? {})
    .flat()
    .join('\0');
  const { compression, keepalive } = options;
  setEndpoint(
    url,
    headers,
    sendsJson(options, url) ? reader?.toJson : undefined,
    compression !== 'none',
    keepalive !== false,
  );
}

/** The id of this tab's session; a new one for each page where the browser keeps none. */
function sessionId(): string {
  const key = 'tracelink.session';
  const fresh = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  try {
    const known = sessionStorage.getItem(key);
    if (!known) sessionStorage.setItem(key, fresh);
    return known ?? fresh;
  } catch {
    return fresh;
  }
}
