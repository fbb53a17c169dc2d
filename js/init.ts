// init and shutdown: the way through the states.

import type { InitOutput } from '../pkg/tracelink.js';
import { connect, crate } from './bridge.ts';
import {
  deliverReports,
  loadReader,
  reading,
  setReaderSource,
  startReports,
  watchIf,
} from './buffer.ts';
import { readClock } from './clock.ts';
import { configure, RETAIN } from './configure.ts';
import { endpointOf } from './endpoint.ts';
import { captureBy, configureFetch } from './fetch.ts';
import { keep, setTab } from './flow.ts';
import { flush, settleFlushes } from './flush.ts';
import type { More } from './further-options.ts';
import { download, loadPart, ownUrls, type Refusal, refusalHere, start } from './load.ts';
import { OPTIONS } from './options.ts';
import { configurePage } from './page.ts';
import type { Parts } from './parts.ts';
import { startStorage } from './persist.ts';
import { connectHook, prepareToSend } from './platform/hook.js';
import { watchLife } from './platform/lifecycle.js';
import { closeStorage } from './platform/storage.js';
import { disarm } from './platform/transport.js';
import { check } from './rules.ts';
import { setSampler } from './sampling.ts';
import { guard, OFF, ON, STARTING, setState, setTrapHandler, state, takeWaiting } from './state.ts';
import { offsetNow } from './trace.ts';
import type { InitOptions, InitResult } from './types.d.ts';

/** A call of init that counts. */
interface First {
  _options: string;
  _result: Promise<InitResult>;
  /** What shutdown still sends. */
  _closing?: Promise<unknown>;
}

let first: First | undefined;
let trapped = false;

/** Stands for the crate when that is over: nobody calls it then, and its memory is given back. */
const NOBODY = /* @__PURE__ */ new Proxy({}, { get: () => () => 0 }) as InitOutput;

/** Makes this the crate that all calls go to. */
function use(exports: InitOutput): void {
  connectHook(hook, exports);
  exports.create(performance.timeOrigin);
  connect(exports);
}

/** Calls the crate on behalf of its browser functions. */
function hook(name: string, ...args: unknown[]): unknown {
  if (state !== ON) return;
  if (name === 'report') return deliverReports();
  const result = guard(() => {
    // What ends now may have begun before the machine slept.
    offsetNow();
    return (crate as unknown as Record<string, (...args: unknown[]) => unknown>)[name](...args);
  });
  if (name === 'answered' || name === 'blocked') settleFlushes();
  return result;
}

function refuse(reason: Refusal, error?: unknown): InitResult {
  takeWaiting();
  setState(OFF);
  first = undefined;
  if (error === undefined) return { ok: false, reason };
  return { ok: false, reason, error: error instanceof Error ? error : new Error(String(error)) };
}

/** Refuses options, and says why; in short when what says it does not load. */
async function refuseOptions(problem: unknown, words: Parts['_words']): Promise<InitResult> {
  const refusal = refuse('config', problem) as InitResult & { error: Error };
  try {
    refusal.error = (await words()).explain(refusal.error);
  } catch {
    // The name of the option stands in the error.
  }
  console.error(refusal.error.message);
  return refusal;
}

/** Everything up to the first `await` happens before init returns. Never rejects. */
async function begin(options: InitOptions, parts: Parts, mine: First): Promise<InitResult> {
  let reason: Refusal = 'config';
  try {
    const [others, settings] = check(OPTIONS, options);
    if (options.enabled === false) return refuse('disabled');
    const refusal = refusalHere();
    if (refusal) return refuse(refusal);
    const url = endpointOf(options);
    reason = 'load';
    if (trapped) return refuse(reason, new Error('tracelink: stopped after an internal error'));
    // What is recorded while starting goes by the page's own redaction, and leaves out what it ignores.
    configureFetch(options, url);
    setState(STARTING);
    if (url) startStorage(options, url, parts._recovery);
    setTrapHandler(() => {
      trapped = true;
      first = undefined;
      watchLife(false);
      use(NOBODY);
      settleFlushes();
    });
    let more: More | undefined;
    if (Object.keys(others).length > 0) {
      const part = parts._options();
      const further = part instanceof Promise ? await part : part;
      // shutdown was called meanwhile, and perhaps init again.
      if (first !== mine) throw undefined;
      reason = 'config';
      settings.push(...further.checkFurther(others));
      reason = 'load';
      const prepared = further.prepare(options, parts, ownUrls, download);
      more = prepared instanceof Promise ? await prepared : prepared;
    }
    const retain = options.buffer?.retain ?? (options.debug || !url ? 1000 : 0);
    if (retain > 0) loadReader();
    if (more?._tab) setTab(more._tab);
    const tab = keep() && loadPart(parts._tab, setTab);
    let exports = start(options.wasm?.module ?? more?._module ?? parts._wasm());
    if (exports instanceof Promise || tab) [exports] = await Promise.all([exports, tab]);
    if (first !== mine) throw undefined;
    use(exports);
    configure(options, [...settings, [RETAIN, retain]], url, more);
    configurePage(options);
    captureBy(more?._capture);
    setSampler(more?._ask);
    watchLife(true);
    setState(ON);
    startReports(options);
    // What was recorded began a while ago.
    readClock();
    // After a trap the rest is forgotten.
    for (const operation of takeWaiting()) guard(operation);
    if (reading) await reading;
    watchIf(options.debug);
    return { ok: true };
  } catch (error) {
    if (first !== mine) return { ok: false, reason: 'disabled' };
    if (reason === 'config') return refuseOptions(error, parts._words);
    console.warn('tracelink is off, because it did not load:', error);
    return refuse(reason, error);
  }
}

/** Options as text, to tell whether two sets differ, as far as they can be compared. */
function textOf(options: InitOptions): string {
  try {
    return JSON.stringify(options);
  } catch {
    return '';
  }
}

/** init for an entry point with these parts. */
export function makeInit(parts: Parts): (options: InitOptions) => Promise<InitResult> {
  const init = (options: InitOptions): Promise<InitResult> => {
    if (first) {
      // What shutdown still sends, it sends with the options that were.
      if (first._closing) return first._closing.then(() => init(options));
      if (textOf(options) !== first._options)
        console.warn('tracelink: the options of the first init stay');
      return first._result;
    }
    let settle!: (result: Promise<InitResult>) => void;
    const mine: First = {
      _options: '',
      _result: new Promise<InitResult>((resolve) => {
        settle = resolve;
      }),
    };
    first = mine;
    mine._options = textOf(options);
    setReaderSource(parts._reader);
    settle(begin(options, parts, mine));
    return mine._result;
  };
  return init;
}

export async function shutdown(options?: { discard?: boolean }): Promise<void> {
  if (options?.discard) keep(() => '');
  if (state === ON) {
    // A load that is under way ends with this, so that it is not told to whoever starts again.
    prepareToSend(true);
    if (options?.discard) {
      disarm();
      guard(() => crate.discard());
    } else {
      const mine = first as First;
      hook('endAll', readClock());
      mine._closing = flush();
      await mine._closing;
      // Another call went ahead meanwhile.
      if (first !== mine) return;
    }
    watchLife(false);
  }
  closeStorage(options?.discard);
  use(NOBODY);
  takeWaiting();
  first = undefined;
  setState(OFF);
  settleFlushes();
}
