// The consumer span of a message, in every state; and traceMessage.

import { crate, NAME, room, setAttribute, setAttributes, snapshot, token } from './bridge.ts';
import { clock } from './clock.ts';
import { word } from './ids.ts';
import { handOver } from './messages.ts';
import { link } from './parent.ts';
import { dataOf, decoder, textOf } from './platform/message.js';
import { sampleByPage } from './sampling.ts';
import { active, Span } from './span.ts';
import { inertSpan, laterOrOver } from './start.ts';
import { guard, OFF, ON, STARTING, state, trap } from './state.ts';
import {
  DECIDED,
  decide,
  type Foreign,
  lastContext,
  NO_TRACE,
  newTrace,
  placeAt,
  RANDOM,
  SAMPLED,
  Trace,
} from './trace.ts';
import type { MessageOptions } from './types.d.ts';
import { noteMutations, showUpdate, type Watch, watchUpdate } from './update.ts';
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

/** The trace of the last context in text, as far as it is to be seen without the crate. */
const TRACE = /^.*trace(?:parent)?"\s*:\s*"(?:00-)?([\da-f]{32})-/s;

/** Of a trace that came from elsewhere with nothing beside its ids: nobody may add to that. */
const NOTHING: Foreign = { _tracestate: '', _baggage: '' };

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

const PROCESS = 'process';

export function originFrom(system: string, destination: string): Origin {
  const name = destination ? `${PROCESS} ${destination}` : PROCESS;
  return { _system: system, _destination: destination, _name: name, _tokens: [] };
}

/** Where the last message came from that was given to traceMessage. */
let lastOrigin = originFrom('', '');

/** What tells this tab from the others that get the same messages. */
let seed = 0;

/**
 * A word of what the crate says of the context it found: those of the trace and span; then come a byte of flags and one
 * that tells whether something may have come along.
 */
function said(index: number): number {
  const bytes = room();
  const at = index * 4;
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

/**
 * Starts the span of a message; undefined: there is none to make. `always`: also without a context. Without an origin it
 * is what the options say.
 */
export function beginMessage(
  message: unknown,
  options: MessageOptions,
  origin: Origin | undefined,
  always: boolean,
): Span | undefined {
  const data = dataOf(message);
  let start: Start | undefined;
  try {
    start = read(data, options, origin, always);
  } catch {
    // Only the page's own options throw, before anything has happened: without them then.
    start = read(data, {}, origin, always);
  }
  if (!start) return undefined;
  const span = new Span(undefined as unknown as Trace, word(), word());
  try {
    return start(span) ? span : undefined;
  } catch (error) {
    trap(error);
    return undefined;
  }
}

/** Starts the span of a message that was read. False: there is none to make. */
type Start = (span: Span) => boolean;

/** Reads a message and its options. Undefined: there is no span to make. */
function read(
  data: unknown,
  options: MessageOptions,
  from: Origin | undefined,
  always: boolean,
): Start | undefined {
  const time = clock.now();
  const { extract, attributes, relation, sampleRate, baggage } = options;
  /** Where the value of its `traceparent` begins; 0: the whole text has to be scanned. */
  const place = typeof data === 'string' && !extract ? usualPlace(data) : 0;
  let text = place ? (data as string) : textOf(extract ? carrierIn(data, extract) : data);
  if (text === undefined && !always) return undefined;
  const origin = from ?? originOf(options.destination);
  const name = nameOf(options.name, data, origin);
  if (name === null) return undefined;
  const own = relation === 'link';
  const share = typeof sampleRate === 'number' ? sampleRate : 1;
  const entries = attributes && snapshot(attributes);
  /** The page's active span, to which the message's is linked. */
  const outer = active;

  const open: Start = (span) => {
    let trace = own ? freshTrace(name) : NO_TRACE;
    if (origin._crate !== crate) {
      origin._crate = crate;
      origin._tokens = [origin._name, origin._system, origin._destination].map(known);
    }
    const { _tokens: tokens } = origin;
    const nameToken = name === origin._name ? tokens[0] : known(name);
    seed ||= word();
    /** Scans what was handed over and starts the span. */
    const begin = (bytes: number, flags: number): number => {
      const { _words: words, _flags } = trace;
      // biome-ignore format: one line a group
      return crate.beginMessage(
        bytes, words[0], words[1], words[2], words[3], span._s, span._u,
        flags | _flags, nameToken, tokens[1], tokens[2], share, seed, time,
      );
    };
    const flags = own ? OWN_TRACE : 0;
    let handle = WHOLE;
    if (place) {
      const bytes = room();
      let bits = 0;
      for (let at = 0; at < TRACEPARENT; at++) {
        const code = (text as string).charCodeAt(place + at);
        bits |= code;
        bytes[at] = code;
      }
      // What is not ASCII is no context.
      if (bits > 127) bytes[0] = 0;
      handle = begin(TRACEPARENT, flags | VALUE);
    }
    const whole = handle === WHOLE;
    if (whole) handle = begin(handOver(text), flags);
    if (handle === NO_CONTEXT) {
      if (!always) return false;
      if (!own) trace = freshTrace(name);
      handle = begin(0, UNTRACED);
    } else {
      const passedOn = handle === PASSED_ON;
      const { 24: below, 25: came } = room();
      if (passedOn) Object.assign(span, { _s: said(4), _u: said(5) });
      if (own && !passedOn) trace._flags = (trace._flags & RANDOM) | (below & (DECIDED | SAMPLED));
      else {
        trace = new Trace([said(0), said(1), said(2), said(3)], below & 7);
        trace._given = came || !whole ? foreignOf(text, !(came & STATE), baggage) : NOTHING;
      }
    }
    // Spans that began below this one while starting share its trace, so that is changed and not replaced.
    if (span._shared) Object.assign(span._shared, trace);
    else span._shared = trace;
    decide(span._shared, handle);
    if (handle <= 0) return true;
    span._handle = handle;
    if (!nameToken) crate.set(handle, token(name), NAME, 0);
    if (!tokens[2] && origin._destination)
      setAttribute(handle, 'messaging.destination.name', origin._destination);
    if (entries) setAttributes(handle, entries);
    if (outer && (outer._s || outer._u)) link(handle, outer, []);
    return true;
  };

  if (state !== STARTING) return open;
  // The carriers are kept until the crate can read them.
  if (typeof text === 'object') text = text.slice();
  const found = TRACE.exec(typeof text === 'object' ? decoder.decode(text) : (text ?? ''));
  if (!found && !always) return undefined;
  return (span) => {
    span._shared = found && !own ? placeAt(found[1], 0)._shared : newTrace();
    laterOrOver(span, () => open(span));
    return true;
  };
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
    if (given === null) return origin._system ? null : PROCESS;
    if (given !== undefined) return `${given}`;
  } catch {
    // The default is as good.
  }
  return origin._name;
}

/** The crate's number of a name; 0: there is none, or no room for it. */
const known = (text: string) => (text ? Math.max(token(text), 0) : 0);

/** A trace of our own, about which the page is asked. */
function freshTrace(name: string): Trace {
  const trace = newTrace();
  sampleByPage(trace, name, CONSUMER, []);
  return trace;
}

/** What came with the latest context; `lazy`: it has no `tracestate`, so it is read when somebody asks. */
function foreignOf(
  text: unknown,
  lazy: boolean,
  all = false,
): Foreign | (() => Foreign | undefined) | undefined {
  const read = (): Foreign | undefined => {
    if (state !== ON) return undefined;
    const context = guard(() => lastContext(crate.scan(handOver(text as string), 1), all));
    // Broken behind its carriers: nothing travels on.
    return context ? context._shared._foreign : NOTHING;
  };
  return lazy && typeof text === 'string' && text.length <= MOST_KEPT ? read : read();
}

/** Whether a span's update on screen is looked for. */
export function watchFor(span: Span, options: MessageOptions): Watch | undefined {
  try {
    if (options.update === false) return undefined;
  } catch {
    // The default is as good.
  }
  const wanted = span._handle > 0 || (state === STARTING && !span._over);
  return wanted ? watchUpdate() : undefined;
}

export function traceMessage<T>(
  message: unknown,
  handler: (span: Span) => T,
  options: MessageOptions = {},
): T {
  const span = state === OFF ? undefined : beginMessage(message, options, undefined, true);
  if (!span) return handler(inertSpan());
  const watch = watchFor(span, options);
  return runAndEnd(span, handler, watch && ((ended) => endAndShow(ended, watch)));
}

function endAndShow(span: Span, watch: Watch): void {
  const time = clock.now();
  span.end(time);
  noteMutations(watch);
  showUpdate(watch, span, time);
}

function originOf(destination: unknown): Origin {
  const given = destination === undefined ? '' : `${destination}`;
  if (given !== lastOrigin._destination) lastOrigin = originFrom('', given);
  return lastOrigin;
}
