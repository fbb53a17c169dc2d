// Functions that run the page's function inside a span and end it when that is done.

import { setAttributes, snapshot } from './bridge.ts';
import { textOf } from './given.ts';
import { hex, word } from './ids.ts';
import type { Span } from './span.ts';
import { startSpan } from './start.ts';
import type { SpanOptions } from './types.d.ts';

type Body<T> = (span: Span) => T;

/** Runs `fn` with `span` active; ends it, with the error if there is one, when `fn` returns or its promise settles. */
export function runAndEnd<T>(span: Span, fn: Body<T>, end = (span: Span) => span.end()): T {
  const fail = (error: unknown): void => {
    span.recordException(error);
    end(span);
  };
  let result: T;
  try {
    result = span.run(() => fn(span));
  } catch (error) {
    fail(error);
    throw error;
  }
  if (!isPromise(result)) {
    end(span);
    return result;
  }
  // One derived promise goes back, so that an unhandled rejection stays unhandled.
  return result.then(
    (value: unknown) => {
      end(span);
      return value;
    },
    (error: unknown) => {
      fail(error);
      throw error;
    },
  ) as T;
}

/** Only real promises: calling `then` of anything else may start work that the page did not ask for. */
function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}

/** Sorts out the two call forms: with and without options. */
function split<T>(
  second: SpanOptions | Body<T>,
  third?: Body<T>,
): [SpanOptions | undefined, Body<T>] {
  return typeof second === 'function' ? [undefined, second] : [second, third as Body<T>];
}

/** The page's options with some of ours; only ours when they cannot be read. */
function but(options: SpanOptions | undefined, ours: SpanOptions): SpanOptions {
  try {
    return { ...(typeof options === 'object' ? options : {}), ...ours };
  } catch {
    return ours;
  }
}

export function withSpan<T>(name: string, fn: Body<T>): T;
export function withSpan<T>(name: string, options: SpanOptions, fn: Body<T>): T;
export function withSpan<T>(name: string, second: SpanOptions | Body<T>, third?: Body<T>): T {
  const [options, fn] = split(second, third);
  return runAndEnd(startSpan(name, options), fn);
}

export function traceApiCall<T>(name: string, fn: Body<T>): T;
export function traceApiCall<T>(name: string, options: SpanOptions, fn: Body<T>): T;
export function traceApiCall<T>(name: string, second: SpanOptions | Body<T>, third?: Body<T>): T {
  const [options, fn] = split(second, third);
  return runAndEnd(startSpan(name, but(options, { kind: 'client' })), fn);
}

/** Continuation across pages comes with persistence; within the page a flow is its attributes on every span below. */
export function traceFlow<T>(name: string, fn: Body<T>): T;
export function traceFlow<T>(name: string, options: SpanOptions, fn: Body<T>): T;
export function traceFlow<T>(name: string, second: SpanOptions | Body<T>, third?: Body<T>): T {
  const [options, fn] = split(second, third);
  const id = hex(word()) + hex(word());
  const flow: [string, unknown][] = [
    ...snapshot(but(options, {}).attributes),
    ['flow.name', textOf(name)],
    ['flow.id', id],
  ];
  const span = startSpan(name, but(options, { attributes: undefined }));
  span._flow = [...(span._flow ?? []), ...flow];
  span._do(() => setAttributes(span._handle, flow));
  return runAndEnd(span, fn);
}

export function traced<F extends (...args: never[]) => unknown>(name: string, fn: F): F;
export function traced(name: string): (method: unknown, context: unknown) => never;
export function traced(name: string, fn?: (...args: never[]) => unknown): unknown {
  const wrap = (inner: (...args: never[]) => unknown) =>
    function (this: unknown, ...args: never[]): unknown {
      return runAndEnd(startSpan(name), () => inner.apply(this, args));
    };
  return fn ? wrap(fn) : wrap;
}
