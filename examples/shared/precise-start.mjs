// Gives spans a start finer than the millisecond that the SDK takes from Date.now(). Without it, two
// statements of one request start at the same time, and a request before the click that sent it.
import { millisToHrTime } from '@opentelemetry/core';

const MS_IN_NANOS = 1_000_000;

/** What `performance.now()` lacks to the wall clock; set anew whenever somebody sets that clock. */
let offset = performance.timeOrigin;

/** Milliseconds since 1970 that agree with `Date.now()`, with a fraction. */
export function preciseNow() {
  const wall = Date.now();
  const elapsed = performance.now();
  const ahead = offset + elapsed - wall;
  if (ahead < 0 || ahead >= 1) offset = wall - elapsed;
  return offset + elapsed;
}

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
