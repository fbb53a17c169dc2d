// Functions that run the page's function inside a span and end it when that is done.

import type { Span } from './span.ts';
import { startSpan } from './start.ts';
import type { SpanOptions } from './types.d.ts';

type Body<T> = (span: Span) => T;

const endNow = (span: Span): void => span.end();

function fail(span: Span, error: unknown, end: (span: Span) => void): never {
  span.recordException(error);
  end(span);
  throw error;
}

/** Runs `fn` with `span` active; ends it, with the error if there is one, when `fn` returns or its promise settles. */
export function runAndEnd<T>(span: Span, fn: Body<T>, end = endNow): T {
  let result: T;
  try {
    result = span._run(fn);
  } catch (error) {
    return fail(span, error, end);
  }
  // Only real promises: calling `then` of anything else may start work that the page did not ask for. One derived
  // promise goes back, so that an unhandled rejection stays unhandled.
  if (result instanceof Promise)
    return result.then(
      (value) => {
        end(span);
        return value;
      },
      (error) => fail(span, error, end),
    ) as T;
  end(span);
  return result;
}

/** A function with the two call forms, with and without options, that runs its last argument in a span. */
interface RunIn {
  <T>(name: string, fn: Body<T>): T;
  <T>(name: string, options: SpanOptions, fn: Body<T>): T;
}

/** Such a function, for spans that `start` makes. */
export const runIn =
  (start: (name: string, options?: SpanOptions) => Span, end?: (span: Span) => void): RunIn =>
  <T>(name: string, second: SpanOptions | Body<T>, third?: Body<T>): T =>
    typeof second === 'function'
      ? runAndEnd(start(name), second, end)
      : runAndEnd(start(name, second), third as Body<T>, end);

/** The page's options, read once, with some of ours; only ours when they cannot be read. */
export function but(options: SpanOptions | undefined, ours: SpanOptions): SpanOptions {
  try {
    return { ...(typeof options === 'object' ? options : {}), ...ours };
  } catch {
    return ours;
  }
}

export const withSpan = /* @__PURE__ */ runIn(startSpan);

export const traceApiCall = /* @__PURE__ */ runIn((name, options) =>
  startSpan(name, but(options, { kind: 'client' })),
);

export function traced<F extends (...args: never[]) => unknown>(name: string, fn: F): F;
export function traced(name: string): (method: unknown, context: unknown) => never;
export function traced(name: string, fn?: (...args: never[]) => unknown): unknown {
  const wrap = (inner: (...args: never[]) => unknown) =>
    function (this: unknown, ...args: never[]): unknown {
      return runAndEnd(startSpan(name), () => inner.apply(this, args));
    };
  return fn ? wrap(fn) : wrap;
}
