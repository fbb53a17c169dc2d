// What spans of one trace share, and the parent that a span is given: its words, decision and foreign state.

import { crate, handOver, MOST_CHARACTERS, parts, putAll } from './bridge.ts';
import { now, readClock, timeOrigin } from './clock.ts';
import { hex, word, words } from './ids.ts';
import { guard, ON, state } from './state.ts';
import { DECIDED, RANDOM, SAMPLED } from './trace-flags.ts';

/** State that came with a trace from another process and travels on. */
export interface Foreign {
  _tracestate: string;
  _baggage: string;
  /** Not 0: a `sentry-trace` came along, so nobody may add to what of Sentry's did. */
  _frozen: number;
}

type Words = [number, number, number, number];

/** A trace as its spans know it. */
export class Trace {
  constructor(
    /** The four words of its id. */
    readonly _words: Words,
    public _flags: number,
    /** The text of a message where it is read only when somebody asks: then there is no `tracestate`. */
    public _given?: Foreign | string,
    /** The share by which it was decided, if not by `sampleRate`. */
    public _rate?: number,
    /** Its sender left the decision open, and the page was not asked. */
    public _open?: boolean,
    /** The name of the first span that began in it here. */
    public _name?: string,
    /** Half of that span's id. */
    public _first?: number,
    /** Milliseconds that it adds to times of the page's clock, from when its first span began. */
    public _offset?: number,
  ) {}

  get _foreign(): Foreign | undefined {
    if (typeof this._given === 'string') this._given = foreignIn(this._given);
    return this._given;
  }

  get _hex(): string {
    return hex(...this._words);
  }
}

/** A place in a trace under which a span may start: another process's span, or none (words 0) for a new trace. */
export interface Place {
  _shared: Trace;
  _s: number;
  _u: number;
  _remote?: boolean;
}

/** Both clocks are looked at no more often: no machine falls asleep and wakes up in between. */
const LOOK_MS = 1;

/** When both clocks were last shown, to which crate, and what it said. */
let looked: number;
let shown: unknown;
let offset: number;

/** Shows both clocks to the crate, which then knows if the machine slept; the offset of traces that begin now. */
export function offsetNow(time?: number): number {
  // One that was just read need not be read again.
  if (time !== now) readClock();
  if (shown !== crate || !(Math.abs(now - looked) < LOOK_MS)) {
    shown = crate;
    looked = now;
    offset = crate.compareClocks(Date.now() - timeOrigin - now);
  }
  return offset;
}

/** Shows them where a span begins or ends at the page's own time. */
export function look(time: number): void {
  if (time === now) offsetNow(time);
}

let ownFlags = 0;

/** Whether our own trace ids carry the W3C random flag. */
export function setRandomFlag(on: boolean | undefined): void {
  ownFlags = on ? RANDOM : 0;
}

/** A new trace with no decision yet. */
export function newTrace(): Trace {
  return new Trace([word(), word(), word(), word()], ownFlags);
}

/** Takes over what the crate says of a trace that has no decision: a handle or 1 is yes, 0 no, less than that nothing. */
export function decide(trace: Trace, said: number): void {
  if (!(trace._flags & DECIDED) && said >= 0) trace._flags |= said ? DECIDED | SAMPLED : DECIDED;
}

/** The latest context of the crate's last extraction, which found `count`. */
export function lastContext(count: number, allBaggage: unknown): Place | undefined {
  const [traceparent, _tracestate, _baggage, end] = parts(() =>
    crate.contextAt(count - 1, allBaggage ? 1 : 0),
  );
  if (!end) return undefined;
  const bits = end.charCodeAt(0);
  const foreign = { _tracestate, _baggage, _frozen: +end[1] };
  // The bit above the four of flags.
  return placeAt(traceparent.slice(3), bits & 15, foreign, bits > 63);
}

/** What came with the latest context of a message. */
export function foreignIn(
  text: string | Uint8Array | undefined,
  allBaggage?: unknown,
): Foreign | undefined {
  // Broken behind its carriers: nothing travels on.
  return guard(() => lastContext(crate.scan(handOver(text), 1), allBaggage))?._shared._foreign;
}

/** The trace of what belongs to none. */
export const NO_TRACE = /* @__PURE__ */ new Trace([0, 0, 0, 0], 0);

/** The place that the digits of a trace and a span name. */
export function placeAt(ids: string, flags: number, foreign?: Foreign, open?: boolean): Place {
  const all = words(ids);
  const [_s, _u] = all.splice(4);
  // Who decided for others recorded all or nothing of theirs.
  const _shared = new Trace(all as Words, flags, foreign, flags & SAMPLED, open);
  return { _shared, _s, _u, _remote: true };
}

/** A carrier; what is none, or too long to be handed over whole, is absent. */
const text = (value: unknown) =>
  typeof value === 'string' && value.length <= MOST_CHARACTERS ? value : '';

/** The carriers of an object that names a parent, read once. */
export function readCarriers(carrier: object): string[] {
  try {
    const {
      traceparent,
      tracestate,
      baggage,
      source,
      sampled,
      'sentry-trace': sentry,
    } = carrier as Record<string, unknown>;
    if (source === 'sentry') {
      // A context that came from Sentry keeps its third state: undecided.
      const digit = sampled === undefined ? '' : `-${Number(sampled)}`;
      return ['', '', text(baggage), text(traceparent).slice(3, 52) + digit];
    }
    return [text(traceparent), text(tracestate), text(baggage), text(sentry)];
  } catch {
    return ['', '', '', ''];
  }
}

/** The place that carriers name; undefined when they are malformed. All of a carrier's baggage travels on. */
export function placeFromCarriers(carriers: string[]): Place | undefined {
  if (state === ON) {
    const [traceparent, tracestate, baggage, sentry] = putAll(...carriers);
    const count = guard(() => crate.readCarriers(traceparent, tracestate, baggage, sentry), 0);
    return lastContext(count, true);
  }
  // While starting only the ids are needed; the crate judges the rest when the span is replayed.
  const match = /(?:^00-| )(?!0{32})([\da-f]{32}-(?!0{16})[\da-f]{16})\b/.exec(
    `${carriers[0]} ${carriers[3]}`,
  );
  return match ? placeAt(match[1], 0) : undefined;
}
