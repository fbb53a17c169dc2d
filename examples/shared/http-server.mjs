// An HTTP server of routes: names the server span after the route, answers errors, listens and closes.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { getRPCMetadata } from '@opentelemetry/core';
import { HttpError, sendJson } from './http.mjs';

/** At the end, connections that are still busy are cut off. */
const GOODBYE_MS = 1000;

/**
 * @typedef {{
 *   request: import('node:http').IncomingMessage,
 *   response: import('node:http').ServerResponse,
 *   path: string,
 *   id: number,
 * }} Call `id`: the number in a route's `{id}`
 * @typedef {Record<string, Record<string, (call: Call) => unknown>>} Routes by path, then by method
 */

/**
 * @param {Routes} routes a path may end in `/{id}`, a whole number, or in `/*`
 */
export function createRoutes(routes) {
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => answerError(error, response));
  });

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  async function handle(request, response) {
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
    const path = (request.url ?? '').split('?', 1)[0];
    const { route, id } = routeOf(path);
    if (!Object.hasOwn(routes, route)) throw new HttpError(404, `there is no ${path}`);
    const methods = routes[route];
    nameServerSpan(method, route);
    if (!Object.hasOwn(methods, method)) {
      const allow = Object.keys(methods).join(', ');
      throw new HttpError(405, `${route} takes ${allow}`, { allow });
    }
    await methods[method]({ request, response, path, id });
  }

  /** @param {string} path */
  function routeOf(path) {
    const [, parent, last] = /^(.*)\/([^/]*)$/.exec(path) ?? ['', '', ''];
    if (/^\d{1,15}$/.test(last) && Object.hasOwn(routes, `${parent}/{id}`)) {
      return { route: `${parent}/{id}`, id: Number(last) };
    }
    return { route: Object.hasOwn(routes, `${parent}/*`) ? `${parent}/*` : path, id: 0 };
  }

  return {
    server,
    /**
     * @param {{ port: number, host: string }} address
     * @returns {Promise<string>} where it listens
     */
    async listen({ port, host }) {
      server.listen(port, host);
      await once(server, 'listening');
      const {
        address,
        family,
        port: own,
      } = /** @type {import('node:net').AddressInfo} */ (server.address());
      return `http://${family === 'IPv6' ? `[${address}]` : address}:${own}`;
    },
    async close() {
      server.close();
      server.closeIdleConnections();
      const force = setTimeout(() => server.closeAllConnections(), GOODBYE_MS);
      await once(server, 'close');
      clearTimeout(force);
    },
  };
}

/**
 * @param {string} method
 * @param {string} route becomes `http.route` and the end of the span's name
 */
function nameServerSpan(method, route) {
  const metadata = getRPCMetadata(context.active());
  if (metadata) {
    metadata.route = route;
    return;
  }
  // Sentry's SDK has no such place; the active span is the server's.
  trace.getActiveSpan()?.updateName(`${method} ${route}`).setAttribute('http.route', route);
}

/**
 * @param {unknown} error
 * @param {import('node:http').ServerResponse} response
 */
function answerError(error, response) {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (error instanceof HttpError) {
    sendJson(response, error.status, { error: error.message }, error.headers);
    return;
  }
  const span = trace.getActiveSpan();
  span?.recordException(/** @type {Error} */ (error));
  span?.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
  console.error(`A request failed: ${error}`);
  sendJson(response, 500, { error: 'the server could not do this' });
}
