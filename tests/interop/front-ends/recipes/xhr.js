// XMLHttpRequest: a client span from open to the outcome, with its context in the headers.
import { startSpan } from 'tracelink';

/** Opens the request; send it as usual. `parent`: a span, else the active one. */
export function openTraced(request, method, address, parent) {
  const url = new URL(address, location.href);
  const attributes = { 'http.request.method': method, 'url.full': url.href };
  const span = startSpan(method, { kind: 'client', attributes, parent });
  request.open(method, url);
  // inject asks nobody: other origins get no headers unless they are yours.
  if (url.origin === location.origin)
    for (const [name, value] of Object.entries(span.inject({})))
      request.setRequestHeader(name, value);
  for (const type of ['abort', 'error', 'timeout'])
    request.addEventListener(type, () => {
      span.setAttribute('error.type', type);
      if (type !== 'abort') span.setStatus('error');
    });
  request.addEventListener('loadend', () => {
    const { status } = request;
    if (status > 0) span.setAttribute('http.response.status_code', status);
    if (status >= 400) span.setAttribute('error.type', `${status}`).setStatus('error');
    span.end();
  });
  return span;
}
