// A trace as indented lines, from spans of several sources: who is below whom, and whose each span is.

/** `spans`: { spanId, parentSpanId, name, serviceName }. Siblings stand in the order of their names. */
export function tree(spans) {
  const known = new Set(spans.map((span) => span.spanId));
  const below = (parent, depth) =>
    spans
      .filter(({ parentSpanId }) =>
        parent === undefined ? !known.has(parentSpanId) : parentSpanId === parent,
      )
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap(({ spanId, parentSpanId, name, serviceName }) => {
        const mark = depth === 0 && parentSpanId ? ' (its parent is missing)' : '';
        const line = `${'  '.repeat(depth)}${name} [${serviceName}]${mark}`;
        return [line, ...below(spanId, depth + 1)];
      });
  return below(undefined, 0).join('\n');
}
