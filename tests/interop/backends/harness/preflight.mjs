// What a backend answers when a browser asks which headers a page on another origin may send.
import assert from 'node:assert/strict';

/** As docs/backends.md names them. */
export const TRACE_HEADERS = ['traceparent', 'tracestate', 'baggage', 'sentry-trace'];

export async function assertPreflight({ backendUrl, otherOrigin }) {
  const { headers } = await fetch(`${backendUrl}/api/orders`, {
    method: 'OPTIONS',
    headers: {
      origin: otherOrigin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': [...TRACE_HEADERS, 'x-other'].join(','),
    },
  });
  assert.equal(headers.get('access-control-allow-origin'), otherOrigin);
  const allowed = headers.get('access-control-allow-headers')?.toLowerCase().split(/, */) ?? [];
  for (const name of TRACE_HEADERS) assert.ok(allowed.includes(name), `${name} of ${allowed}`);
  assert.ok(!allowed.includes('x-other'), `x-other is among ${allowed}`);
}
