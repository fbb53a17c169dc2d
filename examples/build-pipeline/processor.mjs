// The persistent processor: writes what each event says to the database, and answers with the session as it is then.
import { SpanStatusCode } from '@opentelemetry/api';
import { HttpError, readJson, sendJson } from '../shared/http.mjs';
import { createRoutes } from '../shared/http-server.mjs';
import { runService } from '../shared/service.mjs';
import { isBuildEvent } from './events.mjs';
import { parseFault, SLOW_DB_MS } from './faults.mjs';
import { inSpan } from './spans.mjs';
import { openStore } from './store.mjs';

await runService('The persistent processor', 'persistent-processor', async (settings) => {
  const fault = parseFault(settings.text('FAULT', 'none'));
  const store = openStore(settings.text('DB_FILE', 'builds.db'), {
    delayMs: fault === 'slow-db' ? SLOW_DB_MS : 0,
  });
  const http = createRoutes({
    '/healthz': { GET: ({ response }) => sendJson(response, 200, { status: 'ok' }) },
    '/api/sessions/latest': {
      GET: ({ response }) => sendJson(response, 200, { session: store.latestSession() ?? null }),
    },
    '/api/events': {
      async POST({ request, response }) {
        const { event } = await readJson(request);
        if (!isBuildEvent(event)) throw new HttpError(400, 'event is not a build event');
        const session = await inSpan(
          `persistent-processor.persistEvent.${event.type}`,
          { attributes: { 'build.id': event.buildId } },
          async (span) => {
            await persist(event, span.spanContext().traceId);
            return store.session(event.buildId);
          },
        );
        if (!session) throw new HttpError(404, `there is no build ${event.buildId}`);
        sendJson(response, 200, { session });
      },
    },
  });

  /**
   * @param {import('./events.mjs').BuildEvent} event
   * @param {string} traceId
   */
  async function persist(event, traceId) {
    const { buildId } = event;
    if (event.type === 'status') store.addSession(buildId, traceId, event.todos);
    else if (event.type === 'tool_call') store.addToolCall(buildId, event.position, event.command);
    else if (event.type === 'todo') store.completeTodo(buildId, event.position);
    else await finalize(buildId, event.status);
  }

  /**
   * @param {string} buildId
   * @param {string} status as the runner sees it
   */
  function finalize(buildId, status) {
    const name = `persistent-processor.finalizeSession.${status}`;
    return inSpan(name, { attributes: { 'build.id': buildId } }, (span) => {
      const todos = store.session(buildId)?.todos ?? [];
      const unfinished = todos.filter((todo) => todo.status !== 'completed').length;
      span.setAttribute('build.todos.unfinished', unfinished);
      if (unfinished > 0) {
        const message = `${unfinished} of ${todos.length} steps reported no end`;
        span.setStatus({ code: SpanStatusCode.ERROR, message });
      }
      store.endSession(buildId, unfinished > 0 ? 'incomplete' : 'completed');
    });
  }

  try {
    const url = await http.listen({
      port: settings.number('PORT', 3003),
      host: settings.text('HOST', '127.0.0.1'),
    });
    return {
      ready: `Persistent processor ready on ${url}`,
      async close() {
        await http.close();
        store.close();
      },
    };
  } catch (error) {
    store.close();
    throw error;
  }
});
