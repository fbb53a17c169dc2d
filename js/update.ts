// ui.update: from the end of a message's handler to the frame that shows what it changed. And traceUpdate.

import { readClock } from './clock.ts';
import { afterPaint, observe, stopObserving, takeMutations } from './platform/update.js';
import type { Span } from './span.ts';
import { startSpan } from './start.ts';
import { soon } from './state.ts';
import { runIn } from './with-span.ts';

/** How long after the handler a change is still taken for its doing. */
const LOOK_MS = 250;
/** Updates past this many at a time are not made: a page that is behind by that much shows none of them by itself. */
const MOST_WATCHES = 10000;

/** When the first mutation was seen. */
type Mutation = 'none' | 'sync' | 'later';

/** The search for the change that a handler makes. */
export interface Watch {
  /** Mutations, and shared ones, that were counted before. */
  _before: number;
  _sharedBefore: number;
  _mutation: Mutation;
  _span: Span | undefined;
  _start: number;
  /** Nobody looks any more. */
  _over?: boolean;
}

/** Mutations since the page began to be watched, and those that came while several handlers' changes were looked for. */
let mutations = 0;
let shared = 0;
let watches = 0;
/** Handlers have ended, no mutation yet; in the order of their ends. */
const looking: Watch[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

function count(more: number): void {
  if (more === 0) return;
  mutations += more;
  if (watches > 1) shared += more;
  for (const watch of looking.splice(0)) show(watch);
}

/** A handler begins. Undefined where nothing can be seen. */
export function watchUpdate(): Watch | undefined {
  if (self.document && watches < MOST_WATCHES)
    try {
      if (watches === 0) observe(count, stopLooking);
      else count(takeMutations());
      watches++;
      return { _before: mutations, _sharedBefore: shared, _mutation: 'none' } as Watch;
    } catch {
      // A page that broke its observers.
    }
  return undefined;
}

/** A handler has returned: what changed until now it did itself. */
export function noteMutations(watch: Watch): void {
  count(takeMutations());
  if (mutations > watch._before) watch._mutation = 'sync';
}

/** The handler, or the last of them, ended at `start`. */
export function showUpdate(watch: Watch, span: Span, start: number): void {
  watch._span = span;
  watch._start = start;
  if (mutations > watch._before) return show(watch);
  if (document.hidden) return finish(watch, start, false);
  looking.push(watch);
  if (timer === undefined) timer = setTimeout(expire, LOOK_MS);
}

function show(watch: Watch): void {
  if (watch._mutation === 'none') watch._mutation = 'later';
  afterPaint((time, painted) => finish(watch, painted ? time : watch._start, painted));
}

/** Gives up looking for the changes of handlers that ended long before `now`. */
function giveUp(now: number): void {
  const left = looking.findIndex((watch) => watch._start + LOOK_MS > now);
  for (const watch of looking.splice(0, left < 0 ? looking.length : left))
    finish(watch, watch._start, false);
}

function expire(): void {
  const now = readClock();
  timer = undefined;
  giveUp(now);
  const [next] = looking;
  if (next) timer = setTimeout(expire, next._start + LOOK_MS - now + 1);
}

/** The page is hidden: nothing more will be shown. */
const stopLooking = (): void => giveUp(Infinity);

/** Looks no longer, and writes what was seen, if the handler has ended. Twice is once. */
export function finish(watch: Watch, end: number, painted: boolean): void {
  if (watch._over) return;
  watch._over = true;
  if (--watches === 0) stopObserving();
  const attributes = {
    'ui.mutation': watch._mutation,
    'ui.mutations': mutations - watch._before,
    'ui.painted': painted,
    'ui.shared': shared > watch._sharedBefore || undefined,
  };
  const write = (): void => {
    const { _span, _start } = watch;
    if (_span?.sampled) _span.child('ui.update', { startTime: _start, attributes }).end(end);
  };
  soon(write);
}

/** A change on screen: its span ends at the paint that shows it. */
export const traceUpdate = /* @__PURE__ */ runIn(startSpan, (span) => {
  const returned = readClock();
  afterPaint((time, painted) => {
    span.setAttribute('ui.painted', painted).end(painted ? time : returned);
  });
});
