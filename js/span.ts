// A span in the page: a handle of the crate and its ids. Stale handles, and spans of the off state, do nothing.

import {
  crate,
  EVENT,
  FINISH,
  ITEM,
  NAME,
  put,
  STATUS,
  setAttribute,
  setAttributes,
  snapshot,
  token,
} from './bridge.ts';
import { describeError } from './exception.ts';
import { fetchUnder } from './fetch.ts';
import { copyOf, DISPOSE, textOf, timeOf } from './given.ts';
import { hex } from './ids.ts';
import { writeCarriers } from './inject.ts';
import { link, parentReader } from './parent.ts';
import { start } from './start.ts';
import { guard, later, ON, STARTING, state } from './state.ts';
import { look, type Trace } from './trace.ts';
import { DECIDED, RANDOM, SAMPLED } from './trace-flags.ts';
import type {
  Attributes,
  AttributeValue,
  Parent,
  Span as PublicSpan,
  SpanOptions,
} from './types.d.ts';

/** The span of the synchronous code that runs now. */
export let active: Span | undefined;

export class Span implements PublicSpan {
  /** The crate's handle; 0 when nothing is recorded or all is over. */
  _handle = 0;
  /** Ended, as the page sees it. */
  _over = false;
  /** Attributes of the flow that it belongs to. */
  _flow: [string, unknown][] | undefined = undefined;

  /** What the tab keeps of the flow that it is. */
  declare _kept?: string;

  constructor(
    public _shared: Trace,
    readonly _s: number,
    readonly _u: number,
  ) {}

  get traceId(): string {
    return this._shared._hex;
  }

  get spanId(): string {
    return hex(this._s, this._u);
  }

  get sampled(): boolean {
    return (this._shared._flags & (SAMPLED | DECIDED)) === (SAMPLED | DECIDED);
  }

  get traceparent(): string {
    const bits = (this._shared._flags & RANDOM) | (this.sampled ? SAMPLED : 0);
    return `00-${this.traceId}-${this.spanId}-0${bits}`;
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (state === ON) {
      if (this._handle > 0) setAttribute(this._handle, textOf(key), copyOf(value));
    } else if (state === STARTING) {
      const [text, copy] = [textOf(key), copyOf(value) as AttributeValue];
      this._later(() => this.setAttribute(text, copy));
    }
    return this;
  }

  setAttributes(attributes: Attributes): this {
    const entries = snapshot(attributes);
    return this._do(() => setAttributes(this._handle, entries));
  }

  addEvent(name: string, attributes?: Attributes, time?: number): this {
    const entries = snapshot(attributes);
    const [text, at] = [textOf(name), timeOf(time)];
    return this._do(() => {
      crate.set(ITEM, token(text), EVENT, at + (this._shared._offset as number));
      setAttributes(ITEM, entries);
      crate.set(this._handle, 0, FINISH, 0);
    });
  }

  addLink(context: Parent, attributes?: Attributes): this {
    const entries = snapshot(attributes);
    const read = parentReader(context);
    return this._do(() => {
      const place = read();
      if (place) link(this._handle, place, entries);
    });
  }

  setStatus(code: 'ok' | 'error', message?: string): this {
    const text = textOf(message ?? '');
    return this._do(() =>
      crate.set(this._handle, ['', 'ok', 'error'].indexOf(code), STATUS, put(text, 0)),
    );
  }

  setOk(): this {
    return this.setStatus('ok');
  }

  recordException(error: unknown): this {
    const [type, message, stack] = describeError(error);
    this.addEvent('exception', {
      'exception.type': type,
      'exception.message': message,
      'exception.stacktrace': stack,
    });
    return this.setAttribute('error.type', type).setStatus('error', message);
  }

  updateName(name: string): this {
    const text = textOf(name);
    const { _shared: trace } = this;
    if (!this._over && trace._first === this._u) trace._name = text;
    return this._do(() => crate.set(this._handle, token(text), NAME, 0));
  }

  child(name: string, options?: SpanOptions): Span {
    return start(name, options, this);
  }

  run<T>(fn: () => T): T {
    return this._run(() => fn());
  }

  /** `run` for a function that takes the span. */
  _run<T>(fn: (span: Span) => T): T {
    const before = active;
    active = this;
    try {
      return fn(this);
    } finally {
      active = before;
    }
  }

  bind<F extends (...args: never[]) => unknown>(fn: F): F {
    const span = this;
    return function (this: unknown, ...args: never[]) {
      return span.run(() => fn.apply(this, args));
    } as F;
  }

  fetch(...args: [RequestInfo | URL, RequestInit?]): Promise<Response> {
    return fetchUnder(this, args);
  }

  inject<T extends object>(carrier: T): T {
    return writeCarriers(this, carrier);
  }

  end(time?: number): void {
    if (this._over) return;
    // Of a span that is not recorded nobody asks the time.
    if (state !== ON || this._handle > 0) {
      const at = timeOf(time);
      if (state === ON) this._end(at);
      // What has begun also ends, however much waits.
      else this._later(() => this._end(at), true);
    }
    this._over = true;
  }

  _end(time: number): void {
    const handle = this._handle;
    this._handle = 0;
    if (handle <= 0) return;
    guard(() => {
      look(time);
      crate.end(handle, time, 0);
    });
  }

  [DISPOSE](): void {
    this.end();
  }

  /** Runs crate calls now, or when the crate is there; `urgent`: however much waits. */
  _do(work: () => void, urgent?: boolean): this {
    if (state !== ON) this._later(() => this._do(work), urgent);
    else if (this._handle > 0) guard(work);
    return this;
  }

  _later(operation: () => void, urgent?: boolean): void {
    if (state === STARTING && !this._over) later(operation, urgent);
  }
}

export function activeSpan(): Span | undefined {
  return active;
}
