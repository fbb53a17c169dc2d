// The part of a trace's time that is looked at, and how it moves. Pure; all in milliseconds from the trace's start.

export interface TimeRange {
  from: number;
  to: number;
}

/** Nobody looks closer than at a microsecond. */
const LEAST_MS = 0.001;

export const lengthOf = ({ from, to }: TimeRange) => to - from;

/** A range of the wanted length and place, inside the whole. */
export function clampRange(range: TimeRange, wholeMs: number): TimeRange {
  const from = Math.min(range.from, range.to);
  const least = Math.min(LEAST_MS, wholeMs);
  const length = Math.min(wholeMs, Math.max(least, Math.abs(range.to - range.from)));
  const start = Math.min(wholeMs - length, Math.max(0, from));
  return { from: start, to: start + length };
}

/** `factor` below 1 looks closer; the time `around` stays where it is. */
export function zoomRange(
  range: TimeRange,
  wholeMs: number,
  factor: number,
  around = (range.from + range.to) / 2,
): TimeRange {
  const share = lengthOf(range) > 0 ? (around - range.from) / lengthOf(range) : 0.5;
  const length = lengthOf(range) * factor;
  const from = around - Math.min(1, Math.max(0, share)) * length;
  return clampRange({ from, to: from + length }, wholeMs);
}

/** By a share of what is seen. */
export function panRange(range: TimeRange, wholeMs: number, share: number): TimeRange {
  const by = lengthOf(range) * share;
  const from = Math.min(wholeMs - lengthOf(range), Math.max(0, range.from + by));
  return { from, to: from + lengthOf(range) };
}

/** The span with some room around it. */
export function rangeAround(offsetMs: number, durationMs: number, wholeMs: number): TimeRange {
  const room = Math.max(durationMs * 0.1, LEAST_MS);
  return clampRange({ from: offsetMs - room, to: offsetMs + durationMs + room }, wholeMs);
}

export function isWhole(range: TimeRange, wholeMs: number): boolean {
  return range.from <= 0 && range.to >= wholeMs;
}

export interface Tick {
  ms: number;
  /** In percent of the range. */
  at: number;
}

/** Round times, so that there are at most `most` steps. */
export function ticksOf(range: TimeRange, most: number): Tick[] {
  const length = lengthOf(range);
  if (!(length > 0)) return [{ ms: range.from, at: 0 }];
  const rough = length / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((times) => times * power >= rough) ?? 10) * power;
  const ticks: Tick[] = [];
  for (let n = Math.ceil(range.from / step - 1e-9); n * step <= range.to + step * 1e-9; n += 1) {
    const ms = Number((n * step).toPrecision(12));
    ticks.push({ ms, at: ((ms - range.from) / length) * 100 });
  }
  return ticks;
}
