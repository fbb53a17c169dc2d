// Which rows of a waterfall are visible, and where their bars lie. Pure.
import type { WaterfallSpan } from './collector.ts';

export interface Row {
  span: WaterfallSpan;
  hasChildren: boolean;
  collapsed: boolean;
}

/** The collector sends tree order, so that a subtree is a run of deeper rows. */
export function visibleRows(spans: WaterfallSpan[], collapsed: ReadonlySet<string>): Row[] {
  const rows: Row[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  spans.forEach((span, index) => {
    if (span.depth > hiddenBelow) return;
    const hasChildren = (spans[index + 1]?.depth ?? 0) > span.depth;
    const isCollapsed = hasChildren && collapsed.has(span.spanId);
    hiddenBelow = isCollapsed ? span.depth : Number.POSITIVE_INFINITY;
    rows.push({ span, hasChildren, collapsed: isCollapsed });
  });
  return rows;
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

export interface Bar {
  left: number;
  width: number;
  /** Where the duration is written, so that it never leaves the row. */
  label: 'after' | 'before' | 'inside';
}

/** In percent of the trace. */
export function barOf(span: WaterfallSpan, traceMs: number): Bar {
  const share = (ms: number) =>
    traceMs > 0 ? Math.min(100, Math.max(0, (ms / traceMs) * 100)) : 0;
  const left = share(span.offsetMs);
  const width = Math.min(100 - left, share(span.durationMs));
  const label = left + width < 82 ? 'after' : left > 18 ? 'before' : 'inside';
  return { left, width, label };
}
