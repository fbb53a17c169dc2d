// Finds spans of an open trace by what they say.
import type { WaterfallSpan } from './collector.ts';

const texts = new WeakMap<WaterfallSpan, string>();

/** Names, ids, attributes, events and status, whatever the case; every word must be there. */
export function findSpans(spans: WaterfallSpan[], text: string): Set<string> {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return new Set();
  const has = (span: WaterfallSpan) => {
    const all = textOf(span);
    return words.every((word) => all.includes(word));
  };
  return new Set(spans.filter(has).map(({ spanId }) => spanId));
}

function textOf(span: WaterfallSpan): string {
  const known = texts.get(span);
  if (known !== undefined) return known;
  const { name, serviceName, spanId, kind, status } = span;
  const parts = [name, serviceName, spanId, kind, status.code, status.message ?? ''];
  const pairs = (attributes: Record<string, unknown>) =>
    Object.entries(attributes).map(
      ([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
  parts.push(...pairs(span.attributes));
  for (const event of span.events) parts.push(event.name, ...pairs(event.attributes));
  const text = parts.join('\n').toLowerCase();
  texts.set(span, text);
  return text;
}
