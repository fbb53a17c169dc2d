// Gives spans a start finer than the millisecond that the SDK takes from Date.now(). Without it, two
// statements of one request start at the same time, and a request before the click that sent it.
import { millisToHrTime } from '@opentelemetry/core';

const MS_IN_NANOS = 1_000_000;

/** How far apart two readings may be and still be one clock that was corrected, not one that somebody set. */
const CORRECTION_MS = 1;

/**
 * A clock in milliseconds since 1970 that agrees with `wall`, which counts whole ones, and has the fractions of
 * `elapsed`. Both are asked at different moments, between which a busy machine may do something else for long; so only
 * what no delay explains moves the clock, and no further than that.
 * @param {() => number} wall
 * @param {() => number} elapsed
 * @param {number} offset what `elapsed` lacks to `wall`, as far as it is known
 * @returns {() => number}
 */
export function preciseClock(wall, elapsed, offset) {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const before = elapsed();
    const whole = wall();
    const after = elapsed();
    if (offset + after < whole) offset = whole - after;
    else if (offset + before >= whole + 1) offset = whole + 1 - before;
    const time = offset + before;
    const isCorrected = time < last && last - time < CORRECTION_MS;
    last = isCorrected ? last : time;
    return last;
  };
}

/** Milliseconds since 1970 that agree with `Date.now()`, with a fraction. */
export const preciseNow = preciseClock(
  () => Date.now(),
  () => performance.now(),
  performance.timeOrigin,
);

/** @typedef {import('@opentelemetry/sdk-trace-node').SpanProcessor} SpanProcessor */

/** @implements {SpanProcessor} */
export class PreciseStart {
  /** @param {import('@opentelemetry/sdk-trace-node').Span} span */
  onStart({ startTime }) {
    // A fraction is there only when the caller gave the time; that one stays.
    if (startTime[1] % MS_IN_NANOS !== 0) return;
    const [seconds, nanos] = millisToHrTime(preciseNow());
    startTime[0] = seconds;
    startTime[1] = nanos;
  }

  onEnd() {}

  async forceFlush() {}

  async shutdown() {}
}
