// The backend: routes of the HTTP API, the store behind them, the broadcast of what changed.
import { openBroadcast } from '../shared/broadcast.mjs';
import { HttpError, readJson, sendJson } from '../shared/http.mjs';
import { createRoutes } from '../shared/http-server.mjs';
import { createPage } from './page.mjs';
import { openStore } from './store.mjs';

const MOST_TITLE_CHARACTERS = 200;

/**
 * @param {{
 *   port: number,
 *   host: string,
 *   databaseFile: string,
 *   pageRoot: string,
 *   collector: string,
 *   buildApi?: string,
 *   environment: string,
 *   broadcastDelayMs?: number,
 * }} options `collector`: where the page sends its spans; `buildApi`: where it can start builds
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function startBackend(options) {
  const store = openStore(options.databaseFile);
  const { collector, buildApi } = options;
  const page = createPage({ root: options.pageRoot, collector, buildApi });
  const http = createRoutes({
    '/': { GET: ({ response }) => page.document(response) },
    '/assets/*': { GET: ({ path, response }) => page.asset(path, response) },
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
  });
  const broadcast = openBroadcast(http.server, {
    path: '/ws',
    destination: 'todos',
    delayMs: options.broadcastDelayMs ?? 20,
    environment: options.environment,
  });
  try {
    const url = await http.listen(options);
    return {
      url,
      async close() {
        broadcast.close();
        await http.close();
        store.close();
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
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
