// Starts spans in every state: off, starting (recorded to be replayed), on.

import {
  crate,
  MOST_GIVEN,
  put,
  readAttributes,
  setAttributes,
  snapshot,
  TRACE_STATE,
  token,
} from './bridge.ts';
import { watcher } from './buffer.ts';
import { textOf, timeOf } from './given.ts';
import { word } from './ids.ts';
import { isOurs, link, parentReader } from './parent.ts';
import { KINDS, sampleByPage } from './sampling.ts';
import { active, Span } from './span.ts';
import { guard, later, OFF, ON, overflow, state, trap } from './state.ts';
import { decide, look, NO_TRACE, newTrace, offsetNow, type Place } from './trace.ts';
import { DECIDED, REMOTE, SAMPLED } from './trace-flags.ts';
import type { AttributeValue, SpanOptions } from './types.d.ts';

const NONE: [string, AttributeValue][] = [];
export const NO_OPTIONS: SpanOptions = {};

/** A span of the off state. */
export function inertSpan(): Span {
  const span = new Span(NO_TRACE, 0, 0);
  span._over = true;
  return span;
}

export function startSpan(name: string, options?: SpanOptions): Span {
  return start(name, options);
}

/** startSpan below `above`, or, without it, below the parent that the options name. */
export function start(name: string, options = NO_OPTIONS, above?: Span): Span {
  if (state === OFF) return inertSpan();
  const text = textOf(name);
  try {
    return startWith(text, options, above);
  } catch {
    // Only the page's own options throw, before anything has happened: without them then.
    return startWith(text, NO_OPTIONS, above);
  }
}

function startWith(text: string, options: SpanOptions, above?: Span): Span {
  const { kind, startTime } = options;
  const given = above ?? options.parent;
  const parent = given === undefined ? active : given;
  const plain = state === ON && !options.links && (above || !parent || isOurs(parent));
  const begin = plain ? startNow : startRecorded;
  const number = Math.max(1, KINDS.indexOf(kind as string));
  const span = begin(parent as Span | null, text, number, startTime, options);
  watcher?._started(span, text, parent === undefined && kind === 'client');
  return span;
}

/** The common case: below a span of ours or at the root, without links. */
function startNow(
  parent: Span | null | undefined,
  name: string,
  kind: number,
  time: unknown,
  options: SpanOptions,
): Span {
  const { attributes } = options;
  if (parent && !parent._s && !parent._u) parent = undefined;
  const span = new Span(parent ? parent._shared : newTrace(), word(), word());
  // A sampler may look at them; below a decision they are read on their way into the crate.
  const entries = parent || !attributes ? NONE : snapshot(attributes);
  if (!parent) sampleByPage(span._shared, name, kind, entries, span._u);
  open(span, parent, false, name, kind, time);
  if (parent) span._flow = parent._flow;
  adorn(span, entries);
  if (parent && attributes && span._handle > 0) readAttributes(attributes, span._handle);
  return span;
}

/** What a span begins with: its flow's attributes and its own. */
function adorn(span: Span, attributes: [string, unknown][]): void {
  if (span._handle <= 0) return;
  if (span._flow) setAttributes(span._handle, span._flow);
  setAttributes(span._handle, attributes);
}

/** Everything else: arguments are read now, the crate is called now or at the replay. */
function startRecorded(
  parent: unknown,
  name: string,
  kind: number,
  startTime: unknown,
  options: SpanOptions,
): Span {
  const time = timeOf(startTime);
  const read = parentReader(parent);
  const attributes = snapshot(options.attributes);
  const links = listLinks(options.links);
  let place = read();
  const span = new Span(place?._shared ?? newTrace(), word(), word());
  if (isOurs(parent)) span._flow = parent._flow;
  const openIt = (): void => {
    if (place?._remote && !(place._shared._flags & REMOTE)) {
      // Recorded while starting: now the crate judges the carriers. The spans below hold the same trace.
      place = read();
      Object.assign(span._shared, place?._shared ?? newTrace());
    }
    sampleByPage(span._shared, name, kind, attributes, span._u);
    open(span, place, place?._remote ?? false, name, kind, time);
    adorn(span, attributes);
    if (span._handle > 0)
      for (const [target, entries] of links) {
        const to = target();
        if (to) guard(() => link(span._handle, to, entries));
      }
  };
  if (state === ON) openIt();
  else laterOrOver(span, openIt);
  return span;
}

/** Keeps the start of a span until the crate is there; where there is no room the span is over, and counted. */
export function laterOrOver(span: Span, work: () => void): void {
  if (later(work)) return;
  overflow();
  span._over = true;
}

type Links = [() => Place | undefined, [string, unknown][]][];

function listLinks(links: SpanOptions['links']): Links {
  const list: Links = [];
  try {
    for (const entry of links ?? []) {
      list.push([parentReader(entry.context), snapshot(entry.attributes)]);
      if (list.length >= MOST_GIVEN) break;
    }
  } catch {
    // Not a list, or one that does not want to be read: what was read so far counts.
  }
  return list;
}

/** Opens the crate's slot and takes over the decision if the trace had none. Now, if the time given is none. */
export function open(
  span: Span,
  parent: { _s: number; _u: number } | null | undefined,
  remote: boolean,
  name: string,
  kind: number,
  given: unknown,
): void {
  const trace = span._shared;
  const { _words: words } = trace;
  // Of a span that is not recorded nobody asks the time.
  const time = (trace._flags & (DECIDED | SAMPLED)) === DECIDED ? 0 : timeOf(given);
  try {
    if (trace._offset === undefined) trace._offset = offsetNow(time);
    else look(time);
    const handle = crate.start(
      words[0],
      words[1],
      words[2],
      words[3],
      span._s,
      span._u,
      parent?._s ?? 0,
      parent?._u ?? 0,
      remote ? trace._flags | REMOTE : trace._flags & ~REMOTE,
      token(name),
      kind,
      time,
      trace._offset,
    );
    decide(trace, handle);
    if (handle <= 0) return;
    span._handle = handle;
    const { _given: foreign } = trace;
    const state = typeof foreign === 'object' && foreign._tracestate;
    if (state) crate.set(handle, 0, TRACE_STATE, put(state, 0));
  } catch (error) {
    trap(error);
  }
}
