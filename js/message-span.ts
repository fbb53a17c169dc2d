// The consumer span of a message, in every state; and traceMessage.

import {
  crate,
  handOver,
  NAME,
  put,
  room,
  setAttribute,
  setAttributes,
  snapshot,
  token,
} from './bridge.ts';
import { readClock } from './clock.ts';
import { textOf as stringOf } from './given.ts';
import { word } from './ids.ts';
import { link } from './parent.ts';
import { dataOf, decoder, textOf } from './platform/message.js';
import { askPage, sampleByPage } from './sampling.ts';
import { active, Span } from './span.ts';
import { inertSpan, laterOrOver } from './start.ts';
import { OFF, STARTING, state, trap } from './state.ts';
import {
  decide,
  foreignIn,
  lastContext,
  NO_TRACE,
  newTrace,
  offsetNow,
  placeAt,
  Trace,
} from './trace.ts';
import { DECIDED, RANDOM, SAMPLED } from './trace-flags.ts';
import type { MessageOptions } from './types.d.ts';
import { finish, noteMutations, showUpdate, type Watch, watchUpdate } from './update.ts';
import { TRACEPARENT, usualPlace } from './usual-place.ts';
import { runAndEnd } from './with-span.ts';

const CONSUMER = 5;
/** Answers of the crate beside those of `start`, and what it is asked for, by src/tracer/messages.rs. */
const NO_CONTEXT = -2;
const PASSED_ON = -3;
const WHOLE = -4;
const OWN_TRACE = 16;
const UNTRACED = 32;
const VALUE = 64;
/** What the crate says came along: a `tracestate`. */
const STATE = 2;

/** Text up to this length is kept for as long as its span, to read from it what nobody may ever ask for. */
const MOST_KEPT = 4096;

/** Changes of a handler whose promise is pending for longer are no longer looked for: it may never settle. */
const PENDING_MS = 10000;

/** The trace of the last context in text, as far as it is to be seen without the crate. */
const TRACE = /^.*trace(?:parent)?"\s*:\s*"(?:00-)?([\da-f]{32})-/s;

/** Where messages come from. */
export interface Origin {
  _system: string;
  _destination: string;
  /** What their spans are called. */
  _name: string;
  /** The crate that knows the three by these numbers, as far as it has room. */
  _crate?: unknown;
  _tokens: number[];
}

export const originFrom = (system: string, destination: string): Origin => ({
  _system: system,
  _destination: destination,
  _name: `process ${destination}`.trim(),
  _tokens: [],
});

/** Where the last message came from that was given to traceMessage. */
let lastOrigin = originFrom('', '');

/** What the options of the last message that began say of its update on screen. */
let update: unknown;

/** What tells this tab from the others that get the same messages. */
let seed = 0;

/** A word of what the crate says of the context it found. */
const said = (bytes: Uint8Array, at: number): number =>
  (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];

/**
 * Starts the span of a message; undefined: there is none to make. Without an origin there always is, from where the
 * options say.
 */
export function beginMessage(
  message: unknown,
  options: MessageOptions,
  from?: Origin,
): Span | undefined {
  const time = readClock();
  const data = dataOf(message);
  let given: MessageOptions['name'];
  let destination: unknown;
  let extract: MessageOptions['extract'];
  let attributes: MessageOptions['attributes'];
  let relation: unknown;
  let sampleRate: unknown;
  let baggage: unknown;
  let untraced: unknown;
  let updated: unknown;
  try {
    ({
      name: given,
      destination,
      extract,
      attributes,
      relation,
      sampleRate,
      baggage,
      untraced,
      update: updated,
    } = options);
  } catch {
    // What they do not want to say is not there.
  }
  /** Also without a context. */
  const always = !from || untraced;
  /** Where the value of its `traceparent` begins; 0: the whole text has to be scanned. */
  const place = typeof data === 'string' && !extract ? usualPlace(data) : 0;
  const text = place ? (data as string) : textOf(extract ? carrierIn(data, extract) : data);
  if (text === undefined && !always) return undefined;
  const origin = from ?? originOf(destination);
  const name = nameOf(given, data, origin);
  if (name === null) return undefined;
  const own = relation === 'link';
  const share = typeof sampleRate === 'number' ? sampleRate : 1;
  const entries = attributes && snapshot(attributes);
  const span = new Span(NO_TRACE, word(), word());
  span._flow = active?._flow;
  const begin = state === STARTING ? beginLater : beginNow;
  // The page's active span is linked to the message's.
  // biome-ignore format: one line a group
  const begun = begin(
    span, text, place, always, origin, name, own, share, baggage, entries, active, time,
  );
  update = updated;
  return begun ? span : undefined;
}

/** Starts the span of a message that was read. False: there is none to make. */
function beginNow(
  span: Span,
  text: string | Uint8Array | undefined,
  place: number,
  always: unknown,
  origin: Origin,
  name: string,
  own: boolean,
  share: number,
  allBaggage: unknown,
  entries: [string, unknown][] | undefined,
  outer: Span | undefined,
  time: number,
): boolean {
  try {
    let trace = own ? freshTrace(span, name) : NO_TRACE;
    if (origin._crate !== crate) {
      origin._crate = crate;
      origin._tokens = [origin._name, origin._system, origin._destination].map(known);
    }
    const { 0: named, 1: system, 2: destination } = origin._tokens;
    const nameToken = name === origin._name ? named : known(name);
    seed ||= word();
    const offset = offsetNow(time);
    let asked = own ? OWN_TRACE : 0;
    const latest = askPage && !own ? lastContext(crate.scan(handOver(text), 1), true) : undefined;
    if (latest?._shared._open) {
      sampleByPage(latest._shared, name, CONSUMER, []);
      asked |= latest._shared._flags & (DECIDED | SAMPLED);
    }
    let flags = asked;
    let length: number;
    if (place) {
      // What is not ASCII comes in full and is no context.
      length = put(text as string, 0, place, TRACEPARENT);
      flags |= VALUE;
    } else length = handOver(text);
    let handle: number;
    for (;;) {
      const { _words: words, _flags } = trace;
      // Scans what was handed over and starts the span.
      // biome-ignore format: one line a group
      handle = crate.beginMessage(
        length, words[0], words[1], words[2], words[3], span._s, span._u,
        flags | _flags, nameToken, system, destination, share, seed, time, offset,
      );
      if (handle === WHOLE) {
        flags = asked;
        length = handOver(text);
      } else if (handle === NO_CONTEXT) {
        if (!always) return false;
        if (!own) trace = freshTrace(span, name);
        flags = UNTRACED;
        length = 0;
      } else break;
    }
    if (flags !== UNTRACED) {
      const bytes = room();
      const below = bytes[24];
      // Of a message of which a part was handed over, anything may have come.
      const came = bytes[25] | (flags & VALUE);
      const passedOn = handle === PASSED_ON;
      if (passedOn) Object.assign(span, { _s: said(bytes, 16), _u: said(bytes, 20) });
      if (own && !passedOn) trace._flags = (trace._flags & RANDOM) | (below & (DECIDED | SAMPLED));
      else {
        trace = new Trace(
          [said(bytes, 0), said(bytes, 4), said(bytes, 8), said(bytes, 12)],
          below & 7,
        );
        // Most of what may have come nobody ever asks for.
        if (came)
          trace._given =
            came & STATE || allBaggage || typeof text !== 'string' || text.length > MOST_KEPT
              ? foreignIn(text, allBaggage)
              : text;
      }
      // Who decided for others recorded all or nothing of theirs.
      trace._rate = below & SAMPLED;
    }
    // Spans that began below this one while starting share its trace, so that is changed and not replaced.
    if (span._shared === NO_TRACE) span._shared = trace;
    else Object.assign(span._shared, trace);
    span._shared._offset = offset;
    decide(span._shared, handle);
    if (handle > 0) {
      span._handle = handle;
      if (!nameToken) crate.set(handle, token(name), NAME, 0);
      if (!destination && origin._destination)
        setAttribute(handle, 'messaging.destination.name', origin._destination);
      if (span._flow) setAttributes(handle, span._flow);
      if (entries) setAttributes(handle, entries);
      if (outer && (outer._s || outer._u)) link(handle, outer, []);
    }
    return true;
  } catch (error) {
    trap(error);
    return false;
  }
}

/** Keeps the carriers of a message until the crate can read them. */
function beginLater(...args: Parameters<typeof beginNow>): boolean {
  const [span, text, , always, , , own] = args;
  if (typeof text === 'object') args[1] = text.slice();
  const found = TRACE.exec(typeof text === 'object' ? decoder.decode(text) : (text ?? ''));
  if (!found && !always) return false;
  span._shared = found && !own ? placeAt(found[1], 0)._shared : newTrace();
  laterOrOver(span, () => beginNow(...args));
  return true;
}

/** What the page's own function says of where its carrier is; the message itself when that fails. */
function carrierIn(data: unknown, extract: (data: unknown) => unknown): unknown {
  try {
    return extract(data) ?? data;
  } catch {
    return data;
  }
}

/** Null: the page wants no span for this message. */
function nameOf(name: MessageOptions['name'], data: unknown, origin: Origin): string | null {
  let given: unknown = name;
  try {
    if (typeof name === 'function') given = name(data);
    if (given === null && origin._system) return null;
    if (given != null) return `${given}`;
  } catch {
    // The default is as good.
  }
  return origin._name;
}

/** The crate's number of a name; 0: there is none, or no room for it. */
const known = (text: string) => (text ? Math.max(token(text), 0) : 0);

/** A trace of our own, about which the page is asked. */
function freshTrace(span: Span, name: string): Trace {
  const trace = newTrace();
  sampleByPage(trace, name, CONSUMER, [], span._u);
  return trace;
}

/** Looks for the update on screen of a message that has just begun, if that is wanted. */
export function watchFor(span: Span): Watch | undefined {
  const wanted = span._handle > 0 || (state === STARTING && !span._over);
  return update !== false && wanted ? watchUpdate() : undefined;
}

export function traceMessage<T>(
  message: unknown,
  handler: (span: Span) => T,
  options: MessageOptions = {},
): T {
  const span = state === OFF ? undefined : beginMessage(message, options);
  if (!span) return handler(inertSpan());
  const watch = watchFor(span);
  const result = runAndEnd(span, handler, watch && ((ended) => endAndShow(ended, watch)));
  if (watch && !watch._span) setTimeout(finish, PENDING_MS, watch, 0, false);
  return result;
}

function endAndShow(span: Span, watch: Watch): void {
  const time = readClock();
  span.end(time);
  noteMutations(watch);
  showUpdate(watch, span, time);
}

function originOf(destination: unknown): Origin {
  const given = stringOf(destination ?? '');
  if (given !== lastOrigin._destination) lastOrigin = originFrom('', given);
  return lastOrigin;
}
