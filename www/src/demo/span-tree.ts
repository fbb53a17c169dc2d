// Arranges spans of the buffer as trees, newest trace first. Pure.
import type { SpanRecord } from 'tracelink';

export interface TreeRow {
  span: SpanRecord;
  depth: number;
  durationMs: number;
}

export interface TraceTree {
  traceId: string;
  rows: TreeRow[];
}

/** A span whose parent is elsewhere, in the backend for example, stands at the top of its trace. */
export function spanTrees(spans: SpanRecord[]): TraceTree[] {
  return [...groupBy(spans, ({ traceId }) => traceId).values()]
    .map((members) => [...members].sort(byStart))
    .sort((a, b) => byStart(b[0] as SpanRecord, a[0] as SpanRecord))
    .map((members) => ({ traceId: members[0]?.traceId ?? '', rows: treeRows(members) }));
}

function treeRows(members: SpanRecord[]): TreeRow[] {
  const present = new Set(members.map(({ spanId }) => spanId));
  const children = groupBy(members, ({ parentSpanId }) =>
    parentSpanId && present.has(parentSpanId) ? parentSpanId : '',
  );
  const rows: TreeRow[] = [];
  const stack = [...(children.get('') ?? [])].reverse().map((span) => ({ span, depth: 0 }));
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { span, depth } = next;
    rows.push({ span, depth, durationMs: durationMs(span) });
    const below = children.get(span.spanId) ?? [];
    for (const child of [...below].reverse()) stack.push({ span: child, depth: depth + 1 });
  }
  return rows;
}

function groupBy(spans: SpanRecord[], keyOf: (span: SpanRecord) => string) {
  const groups = new Map<string, SpanRecord[]>();
  for (const span of spans) {
    const group = groups.get(keyOf(span));
    if (group) group.push(span);
    else groups.set(keyOf(span), [span]);
  }
  return groups;
}

function byStart(a: SpanRecord, b: SpanRecord): number {
  const difference = BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function durationMs({ startTimeUnixNano, endTimeUnixNano }: SpanRecord): number {
  return Number(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)) / 1e6;
}
