// A span as JSON to be pasted elsewhere: what it recorded, without what the waterfall added.
import type { Waterfall, WaterfallSpan } from './collector.ts';

export function spanJson(span: WaterfallSpan, trace: Waterfall): string {
  const { depth, offsetMs, durationMs, orphan, linkedFrom, resource, scope, ...record } = span;
  const from = {
    resource: trace.resources?.[resource ?? -1],
    scope: trace.scopes?.[scope ?? -1],
  };
  return JSON.stringify({ ...record, ...from }, null, 2);
}
