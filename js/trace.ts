// What spans of one trace share, and the parent that a span is given: its words, decision and foreign state.

import { crate, parts, putAll } from './bridge.ts';
import { hex, word, words } from './ids.ts';
import { guard, ON, state } from './state.ts';

/** Bits as the crate numbers them. */
export const SAMPLED = 1;
export const RANDOM = 2;
export const DECIDED = 4;
export const REMOTE = 8;

/** State that came with a trace from another process and travels on. */
export interface Foreign {
  _tracestate: string;
  _baggage: string;
}

/** A trace as its spans know it. */
export class Trace {
  constructor(
    readonly _a: number,
    readonly _b: number,
    readonly _c: number,
    readonly _d: number,
    public _flags: number,
    /** A function where it is read only when somebody asks: then there is no `tracestate`. */
    public _given?: Foreign | (() => Foreign | undefined),
  ) {}

  get _foreign(): Foreign | undefined {
    if (typeof this._given === 'function') this._given = this._given();
    return this._given;
  }

  get _hex(): string {
    return hex(this._a) + hex(this._b) + hex(this._c) + hex(this._d);
  }
}

/** A place in a trace under which a span may start: another process's span, or none (words 0) for a new trace. */
export interface Place {
  _trace: Trace;
  _s: number;
  _u: number;
  _remote: boolean;
}

let ownFlags = 0;

/** Whether our own trace ids carry the W3C random flag. */
export function setRandomFlag(on: boolean | undefined): void {
  ownFlags = on ? RANDOM : 0;
}

/** A new trace with no decision yet. */
export function newTrace(): Trace {
  return new Trace(word(), word(), word(), word(), ownFlags);
}

/** `traceparent` of a place. Only a decision for it sets the sampled bit. */
export function traceparent(trace: Trace, s: number, u: number): string {
  const sampled = (trace._flags & (SAMPLED | DECIDED)) === (SAMPLED | DECIDED) ? SAMPLED : 0;
  return `00-${trace._hex}-${hex(s)}${hex(u)}-0${sampled | (trace._flags & RANDOM)}`;
}

/** A context as the crate describes it. */
export interface Described {
  _traceparent: string;
  _tracestate: string;
  _baggage: string;
  _flags: number;
  /** The sender left the decision open. */
  _open: boolean;
  _source: 'w3c' | 'sentry';
}

/** The latest context of the crate's last extraction, which found `count`. */
export function describeLast(count: number, allBaggage: boolean): Described | undefined {
  const [traceparent, tracestate, baggage, end] = parts(() =>
    crate.contextAt(count - 1, allBaggage ? 1 : 0),
  );
  if (!end) return undefined;
  const bits = end.charCodeAt(0) - 48;
  return {
    _traceparent: traceparent,
    _tracestate: tracestate,
    _baggage: baggage,
    _flags: bits & 15,
    _open: bits > 15,
    _source: end[1] === 'w' ? 'w3c' : 'sentry',
  };
}

/** The place that a described context names. */
export function placeOf(context: Described): Place {
  const [a, b, c, d] = words(context._traceparent.slice(3, 35));
  const [s, u] = words(context._traceparent.slice(36, 52));
  const foreign = { _tracestate: context._tracestate, _baggage: context._baggage };
  return { _trace: new Trace(a, b, c, d, context._flags, foreign), _s: s, _u: u, _remote: true };
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');

/** The carriers of an object that names a parent, read once. */
export function readCarriers(carrier: object): string[] {
  try {
    const { traceparent, tracestate, baggage, source, sampled } = carrier as Record<
      string,
      unknown
    >;
    const sentry = (carrier as Record<string, unknown>)['sentry-trace'];
    if (source === 'sentry' && typeof traceparent === 'string') {
      // A context that came from Sentry keeps its third state: undecided.
      const digit = sampled === undefined ? '' : sampled ? '-1' : '-0';
      return ['', '', text(baggage), traceparent.slice(3, 52) + digit];
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
    const context = describeLast(count, true);
    return context && placeOf(context);
  }
  // While starting only the ids are needed; the crate judges the rest when the span is replayed.
  const match =
    /^00-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-/.exec(carriers[0]) ??
    /^(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})/.exec(carriers[3]);
  if (!match) return undefined;
  const [a, b, c, d] = words(match[1]);
  const [s, u] = words(match[2]);
  return { _trace: new Trace(a, b, c, d, 0), _s: s, _u: u, _remote: true };
}
