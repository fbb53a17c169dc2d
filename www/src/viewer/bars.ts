// Where the bars and marks of a row lie in the time that is looked at, in percent of it. Pure.
import type { WaterfallSpan } from './collector.ts';
import { elapsedMs } from './format.ts';
import { lengthOf, type TimeRange } from './time-range.ts';

export interface Bar {
  left: number;
  width: number;
  /** Where the duration is written, so that it never leaves the row. */
  label: 'after' | 'before' | 'inside';
  /** On which side of what is looked at the whole span lies. */
  outside?: 'before' | 'after';
}

function shareOf(ms: number, range: TimeRange): number {
  const length = lengthOf(range);
  if (!(length > 0)) return 0;
  return Math.min(100, Math.max(0, ((ms - range.from) / length) * 100));
}

export function barOf(span: WaterfallSpan, range: TimeRange): Bar {
  const end = span.offsetMs + span.durationMs;
  if (end < range.from) return { left: 0, width: 0, label: 'after', outside: 'before' };
  if (span.offsetMs > range.to) return { left: 100, width: 0, label: 'before', outside: 'after' };
  const left = shareOf(span.offsetMs, range);
  const width = shareOf(end, range) - left;
  const label = left + width < 82 ? 'after' : left > 18 ? 'before' : 'inside';
  return { left, width, label };
}

export interface EventMark {
  at: number;
  names: string[];
}

/** Marks nearer to each other than this are one. */
const APART = 0.5;
/** Names that one mark says. */
const MOST_NAMES = 6;

/** A span's events in what is looked at. However many there are, the marks are few. */
export function eventMarks(span: WaterfallSpan, range: TimeRange): EventMark[] {
  const marks = new Map<number, string[]>();
  for (const event of span.events) {
    const ms = span.offsetMs + elapsedMs(span.startTimeUnixNano, event.timeUnixNano);
    if (!(ms >= range.from && ms <= range.to)) continue;
    const at = Math.round(shareOf(ms, range) / APART) * APART;
    const names = marks.get(at);
    if (names) names.push(event.name);
    else marks.set(at, [event.name]);
  }
  return [...marks].map(([at, names]) => ({ at, names: fewNames(names) }));
}

export function fewNames(names: string[]): string[] {
  const rest = names.length - MOST_NAMES;
  return rest > 0 ? [...names.slice(0, MOST_NAMES), `${rest} more`] : names;
}
