// How a list of traces takes in what is new: at once, or held back while somebody points at it. Pure.
import type { Summaries, TraceSummary } from './collector.ts';

export interface ListState {
  traces: TraceSummary[];
  nextCursor: string | undefined;
}

/** The newest page replaces what it covers; pages loaded below it stay, unless there is a gap between. */
export function takeIn(list: ListState | undefined, newest: Summaries): ListState {
  const { traces, nextCursor } = newest;
  const fresh = new Set(traces.map(({ traceId }) => traceId));
  const last = traces.at(-1);
  const touches = list?.traces.some(({ traceId }) => fresh.has(traceId));
  if (!list || !last || !nextCursor || !touches) return { traces, nextCursor };
  const oldest = BigInt(last.startTimeUnixNano);
  const older = list.traces.filter(
    (trace) => !fresh.has(trace.traceId) && BigInt(trace.startTimeUnixNano) <= oldest,
  );
  return older.length === 0
    ? { traces, nextCursor }
    : { traces: [...traces, ...older], nextCursor: list.nextCursor };
}

/** Rows that are there say what is new of them; none moves, comes or goes. */
export function updateInPlace(list: ListState, newest: Summaries): ListState {
  const fresh = new Map(newest.traces.map((trace) => [trace.traceId, trace]));
  return {
    ...list,
    traces: list.traces.map((trace) => fresh.get(trace.traceId) ?? trace),
  };
}

export function countNew(list: ListState, newest: Summaries): number {
  const known = new Set(list.traces.map(({ traceId }) => traceId));
  return newest.traces.filter(({ traceId }) => !known.has(traceId)).length;
}

/** A page of older traces below the others. */
export function append(list: ListState, older: Summaries): ListState {
  const known = new Set(list.traces.map(({ traceId }) => traceId));
  return {
    traces: [...list.traces, ...older.traces.filter(({ traceId }) => !known.has(traceId))],
    nextCursor: older.nextCursor,
  };
}
