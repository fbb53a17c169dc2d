// Which rows of a waterfall are visible, and what they hide. Pure.
import type { Waterfall, WaterfallSpan } from './collector.ts';

/** Spans in tree order: what is below a span is the run of deeper spans behind it. */
export interface SpanTree {
  spans: WaterfallSpan[];
  /** For each span, the index behind its last descendant. */
  ends: Int32Array;
  /** Errors among the spans before each index. */
  errorsBefore: Int32Array;
}

export interface Row {
  span: WaterfallSpan;
  hasChildren: boolean;
  collapsed: boolean;
  /** Descendants that collapsing hides, and how many of them are errors. */
  below: number;
  errorsBelow: number;
}

export const isError = (span: WaterfallSpan) => span.status.code === 'error';
/** The page ended before the span did. */
export const isIncomplete = (span: WaterfallSpan) =>
  span.attributes['tracelink.incomplete'] === true;

export function treeOf(spans: WaterfallSpan[]): SpanTree {
  const ends = new Int32Array(spans.length);
  const errorsBefore = new Int32Array(spans.length + 1);
  const open: number[] = [];
  const close = (depth: number, end: number) => {
    while (open.length > 0 && (spans[open.at(-1) ?? 0]?.depth ?? 0) >= depth) {
      ends[open.pop() ?? 0] = end;
    }
  };
  spans.forEach((span, index) => {
    close(span.depth, index);
    open.push(index);
    errorsBefore[index + 1] = (errorsBefore[index] ?? 0) + (isError(span) ? 1 : 0);
  });
  close(-1, spans.length);
  return { spans, ends, errorsBefore };
}

export function visibleRows(tree: SpanTree, collapsed: ReadonlySet<string>): Row[] {
  const rows: Row[] = [];
  for (let index = 0; index < tree.spans.length; ) {
    const span = tree.spans[index] as WaterfallSpan;
    const end = tree.ends[index] ?? index + 1;
    const below = end - index - 1;
    const isCollapsed = below > 0 && collapsed.has(span.spanId);
    rows.push({
      span,
      hasChildren: below > 0,
      collapsed: isCollapsed,
      below,
      errorsBelow: (tree.errorsBefore[end] ?? 0) - (tree.errorsBefore[index + 1] ?? 0),
    });
    index = isCollapsed ? end : index + 1;
  }
  return rows;
}

/** Every span that has others below it. */
export function parents({ spans, ends }: SpanTree): Set<string> {
  return new Set(spans.filter((_, i) => (ends[i] ?? 0) > i + 1).map(({ spanId }) => spanId));
}

/** The row that is the parent of the one at `index`, or -1. */
export function parentRow(rows: Row[], index: number): number {
  const depth = rows[index]?.span.depth ?? 0;
  for (let i = index - 1; i >= 0; i -= 1) {
    if ((rows[i]?.span.depth ?? 0) < depth) return i;
  }
  return -1;
}

/** The spans above a span, which must be open for it to be seen. */
export function ancestors(spans: WaterfallSpan[], spanId: string): string[] {
  const index = spans.findIndex((span) => span.spanId === spanId);
  const found: string[] = [];
  let depth = spans[index]?.depth ?? 0;
  for (let i = index - 1; i >= 0 && depth > 0; i -= 1) {
    const span = spans[i];
    if (span && span.depth < depth) {
      found.push(span.spanId);
      depth = span.depth;
    }
  }
  return found;
}

/** The next span in tree order that `wanted` says yes to, around the end; or undefined. */
export function nextSpan(
  spans: WaterfallSpan[],
  after: string | undefined,
  step: 1 | -1,
  wanted: (span: WaterfallSpan) => boolean,
): string | undefined {
  const from = spans.findIndex((span) => span.spanId === after);
  const start = from < 0 && step < 0 ? 0 : from;
  for (let n = 1; n <= spans.length; n += 1) {
    const span = spans[(start + n * step + spans.length * 2) % spans.length];
    if (span && wanted(span)) return span.spanId;
  }
  return undefined;
}

/**
 * An unchanged trace is not drawn again: a stored span changes only by being linked to, or for a record of it that is complete
 * or ends later, which may have another status.
 */
export function isSame(a: Waterfall, b: Waterfall): boolean {
  if (a.spans.length !== b.spans.length || a.durationMs !== b.durationMs) return false;
  return b.spans.every((span, index) => {
    const old = a.spans[index];
    return (
      old?.spanId === span.spanId &&
      old.endTimeUnixNano === span.endTimeUnixNano &&
      old.status.code === span.status.code &&
      isIncomplete(old) === isIncomplete(span) &&
      old.linkedFrom?.length === span.linkedFrom?.length
    );
  });
}
