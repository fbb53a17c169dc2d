// The backend: routes of the HTTP API, the store behind them, the broadcast of what changed.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { getRPCMetadata } from '@opentelemetry/core';
import { openBroadcast } from './broadcast.mjs';
import { HttpError, readJson, sendJson } from './http.mjs';
import { createPage } from './page.mjs';
import { openStore } from './store.mjs';

const MOST_TITLE_CHARACTERS = 200;

/**
 * @typedef {{
 *   request: import('node:http').IncomingMessage,
 *   response: import('node:http').ServerResponse,
 *   id: number,
 * }} Call
 */

/**
 * @param {{
 *   port: number,
 *   host: string,
 *   databaseFile: string,
 *   pageRoot: string,
 *   collector: string,
 *   environment: string,
 *   broadcastDelayMs?: number,
 * }} options `collector`: where the page sends its spans
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function startBackend(options) {
  const store = openStore(options.databaseFile);
  const page = createPage({ root: options.pageRoot, collector: options.collector });
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => answerError(error, response));
  });
  const broadcast = openBroadcast(server, {
    path: '/ws',
    delayMs: options.broadcastDelayMs ?? 20,
    environment: options.environment,
  });

  /** @type {Record<string, Record<string, (call: Call) => unknown>>} */
  const routes = {
    '/': { GET: ({ response }) => page.document(response) },
    '/healthz': { GET: ({ response }) => sendJson(response, 200, { status: 'ok' }) },
    '/api/todos': {
      GET: ({ response }) => sendJson(response, 200, { todos: store.list() }),
      async POST({ request, response }) {
        const title = titleOf(await readJson(request));
        const todo = store.add(title);
        broadcast.publish('todo.added', { todo, open: store.countOpen() });
        sendJson(response, 201, { todo });
      },
    },
    '/api/todos/complete': {
      POST({ response }) {
        const todos = store.completeAll();
        for (const todo of todos) broadcast.publish('todo.changed', { todo, open: 0 });
        sendJson(response, 200, { completed: todos.length });
      },
    },
    '/api/todos/{id}': {
      async PATCH({ request, response, id }) {
        const { done } = await readJson(request);
        if (typeof done !== 'boolean') throw new HttpError(400, 'done must be true or false');
        const todo = store.setDone(id, done);
        if (!todo) throw new HttpError(404, `there is no to-do ${id}`);
        broadcast.publish('todo.changed', { todo, open: store.countOpen() });
        sendJson(response, 200, { todo });
      },
    },
  };

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   */
  async function handle(request, response) {
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
    const path = (request.url ?? '').split('?', 1)[0];
    if (method === 'GET' && path.startsWith('/assets/')) return page.asset(path, response);
    const { route, id } = routeOf(path);
    const methods = Object.hasOwn(routes, route) ? routes[route] : undefined;
    if (!methods) throw new HttpError(404, `there is no ${path}`);
    nameServerSpan(route);
    const run = Object.hasOwn(methods, method) ? methods[method] : undefined;
    if (!run) {
      const allow = Object.keys(methods).join(', ');
      throw new HttpError(405, `${route} takes ${allow}`, { allow });
    }
    await run({ request, response, id });
  }

  server.listen(options.port, options.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    store.close();
    throw error;
  }
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${host}:${address.port}`,
    async close() {
      broadcast.close();
      server.close();
      server.closeIdleConnections();
      const force = setTimeout(() => server.closeAllConnections(), 1000);
      await once(server, 'close');
      clearTimeout(force);
      store.close();
    },
  };
}

/** @param {string} path */
function routeOf(path) {
  const id = /^\/api\/todos\/(\d{1,15})$/.exec(path)?.[1];
  return id === undefined ? { route: path, id: 0 } : { route: '/api/todos/{id}', id: Number(id) };
}

/** @param {string} route becomes `http.route` and the end of the span's name */
function nameServerSpan(route) {
  const metadata = getRPCMetadata(context.active());
  if (metadata) metadata.route = route;
}

/** @param {Record<string, unknown>} body */
function titleOf({ title }) {
  if (typeof title !== 'string' || title.trim() === '') {
    throw new HttpError(400, 'title must be a text that is not empty');
  }
  if (title.length > MOST_TITLE_CHARACTERS) {
    throw new HttpError(400, `title is longer than ${MOST_TITLE_CHARACTERS} characters`);
  }
  return title.trim();
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
