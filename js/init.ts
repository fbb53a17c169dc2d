// init and shutdown: the way through the states.

import { type InitOutput, install } from '../pkg/tracelink.js';
import { connect, crate } from './bridge.ts';
import {
  deliverReports,
  loadReader,
  type ReaderSource,
  reader,
  reading,
  setReaderSource,
  startReports,
} from './buffer.ts';
import { configure, retainOf, sendsJson } from './configure.ts';
import { resolveEndpoint } from './endpoint.ts';
import { configureFetch } from './fetch.ts';
import { flush, settleFlushes } from './flush.ts';
import { type DefaultSource, load, type Refusal, refusalHere } from './load.ts';
import { problemOf } from './options.ts';
import { watch_life } from './platform/lifecycle.js';
import { guard, OFF, ON, STARTING, setState, setTrapHandler, state, takeWaiting } from './state.ts';
import type { InitOptions, InitResult } from './types.d.ts';

let first: { _options: string; _result: Promise<InitResult> } | undefined;
let trapped = false;

/** Calls the crate on behalf of its browser functions. */
function hook(name: string, ...args: unknown[]): void {
  if (state !== ON) return;
  if (name === 'report') return deliverReports();
  guard(
    () => (crate as unknown as Record<string, (...args: unknown[]) => void>)[name](...args),
    undefined,
  );
  if (name === 'answered' || name === 'blocked') settleFlushes();
}

function refuse(reason: Refusal, error?: unknown): InitResult {
  takeWaiting();
  setState(OFF);
  first = undefined;
  if (error === undefined) return { ok: false, reason };
  return { ok: false, reason, error: error instanceof Error ? error : new Error(String(error)) };
}

function configRefusal(problem: string): InitResult {
  const error = new TypeError(`tracelink: ${problem}`);
  console.error(error.message);
  return refuse('config', error);
}

function start(options: InitOptions, url: string | undefined, exports: InitOutput): InitResult {
  if (sendsJson(options, url) && !reader) return refuse('load', 'what writes JSON did not load');
  try {
    install(hook, performance.timeOrigin);
    connect(exports);
    configure(options, url);
  } catch (error) {
    return refuse('load', error);
  }
  configureFetch(options, url);
  setState(ON);
  startReports(options);
  // After a trap the rest is forgotten.
  for (const operation of takeWaiting()) if ((state as number) === ON) guard(operation, undefined);
  return { ok: true };
}

function begin(options: InitOptions, source: DefaultSource): InitResult | Promise<InitResult> {
  const unknown: string[] = [];
  const problem = problemOf(options, unknown);
  if (problem) return configRefusal(problem);
  if (options.enabled === false) return refuse('disabled');
  const refusal = refusalHere();
  if (refusal) return refuse(refusal);
  if (trapped) return refuse('load', 'tracelink stopped after an internal error in this page');
  const { url, problem: wrongUrl, assumedNone } = resolveEndpoint(options);
  if (wrongUrl) return configRefusal(wrongUrl);
  if (unknown.length) console.warn(`tracelink: unknown option ${unknown.join(', ')}`);
  if (assumedNone) console.warn('tracelink: no endpoint given, so spans stay in this page');
  // What is recorded while starting goes by the page's own redaction, and leaves out what it ignores.
  configureFetch(options, url);
  setState(STARTING);
  setTrapHandler(() => {
    trapped = true;
    first = undefined;
    watch_life(false);
    settleFlushes();
  });
  const mine = first;
  // Not when shutdown was called meanwhile, and perhaps init again.
  const unless =
    <T>(go: (loaded: T) => InitResult) =>
    (loaded: T): InitResult =>
      first === mine ? go(loaded) : { ok: false, reason: 'disabled' };
  const json = sendsJson(options, url);
  if (json || retainOf(options, url) > 0) loadReader();
  const loaded = load(options.wasm, source);
  if (!(loaded instanceof Promise || (json && reading))) {
    const result = start(options, url, loaded);
    return reading ? reading.then(() => result) : result;
  }
  return Promise.all([loaded, reading])
    .then(unless(([exports]) => start(options, url, exports)))
    .catch(unless((error) => refuse('load', error)));
}

/** Options as text, to tell whether two sets differ, as far as they can be compared. */
function textOf(options: InitOptions): string {
  try {
    return JSON.stringify(options);
  } catch {
    return '';
  }
}

/** init for an entry point that knows where its wasm is. */
export function makeInit(
  source: DefaultSource,
  readerSource: ReaderSource,
): (options: InitOptions) => Promise<InitResult> {
  return (options) => {
    setReaderSource(readerSource);
    let settle!: (result: InitResult | Promise<InitResult>) => void;
    if (first) {
      if (textOf(options) !== first._options)
        console.warn('tracelink: init was called before; its first options stay');
      return first._result;
    }
    const result = new Promise<InitResult>((resolve) => {
      settle = resolve;
    });
    first = { _options: '', _result: result };
    try {
      first._options = textOf(options);
      settle(begin(options, source));
    } catch (error) {
      settle(refuse('load', error));
    }
    return result;
  };
}

export async function shutdown(options?: { discard?: boolean }): Promise<void> {
  if (state === ON) {
    if (options?.discard) guard(() => crate.discard(), undefined);
    else {
      guard(() => crate.endAll(performance.now()), undefined);
      await flush();
    }
    if ((state as number) === ON) guard(() => crate.uninstall(), undefined);
  }
  takeWaiting();
  first = undefined;
  setState(OFF);
  settleFlushes();
}
