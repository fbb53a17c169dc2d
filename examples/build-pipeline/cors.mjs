// Pages of this machine, on whatever port, may call the API with the headers that carry trace context.
import { HttpError } from '../shared/http.mjs';

const HEADERS = 'content-type, traceparent, tracestate, baggage, sentry-trace';
const LOOPBACK = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** @param {import('node:http').IncomingMessage} request */
export function isLoopbackPage({ headers }) {
  return headers.origin === undefined || LOOPBACK.test(headers.origin);
}

/**
 * Before anything is done: refuses other pages, and lets ours read the answer, an error's too.
 * @param {import('../shared/http-server.mjs').Call} call
 */
export function allowPage({ request, response }) {
  if (!isLoopbackPage(request)) throw new HttpError(403, 'pages of other sites may not ask this');
  response.setHeader('vary', 'origin');
  const { origin } = request.headers;
  if (origin !== undefined) response.setHeader('access-control-allow-origin', origin);
}

/** @param {import('../shared/http-server.mjs').Call} call */
export function preflight(call) {
  allowPage(call);
  const headers = { 'access-control-allow-headers': HEADERS, 'access-control-max-age': '600' };
  call.response.writeHead(204, headers).end();
}
