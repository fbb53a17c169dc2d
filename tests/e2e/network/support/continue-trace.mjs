// A page between two servers: it continues the context that one of them sent, in requests of its own.

/**
 * Runs in a page of the site. `lines`: the header lines as they came, [name, value] each. Makes as many requests below
 * their context as `calls`, each with a body of its own; gives the header lines of every one as they arrived.
 */
export async function continueTrace(lines, calls) {
  const { extractMessageContext, startSpan } = window.t;
  // A page gets headers in a Headers object, which joins lines of the same name.
  const parent = extractMessageContext({ headers: new Headers(lines) });
  const sent = [];
  for (let call = 0; call < calls; call++) {
    const span = startSpan('continue', { parent });
    const response = await span.fetch('/echo', { method: 'POST', body: `${call}` });
    const { raw } = await response.json();
    span.end();
    sent.push(raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1]]] : [])));
  }
  return sent;
}

/** The values of a header, each as often as it was sent. */
export const valuesOf = (lines, wanted) =>
  lines.flatMap(([name, value]) => (name.toLowerCase() === wanted ? [value] : []));
