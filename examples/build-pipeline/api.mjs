// The API: starts builds for the page, takes the events that come back, and broadcasts the state they lead to.
import { randomUUID } from 'node:crypto';
import { openBroadcast } from '../shared/broadcast.mjs';
import { HttpError, readJson, sendJson } from '../shared/http.mjs';
import { call } from '../shared/http-client.mjs';
import { createRoutes } from '../shared/http-server.mjs';
import { runService } from '../shared/service.mjs';
import { allowPage, isLoopbackPage, preflight } from './cors.mjs';
import { isBuildEvent } from './events.mjs';
import { parseFault } from './faults.mjs';
import { carrierFor } from './messages.mjs';
import { inSpan } from './spans.mjs';

await runService('The build API', 'api', async (settings) => {
  const broker = settings.url('BROKER_URL', 'http://127.0.0.1:3002').replace(/\/+$/, '');
  const processor = settings.url('PROCESSOR_URL', 'http://127.0.0.1:3003').replace(/\/+$/, '');
  const fault = parseFault(settings.text('FAULT', 'none'));
  let own = '';

  const http = createRoutes({
    '/healthz': { GET: ({ response }) => sendJson(response, 200, { status: 'ok' }) },
    '/api/builds': {
      OPTIONS: preflight,
      async POST(page) {
        allowPage(page);
        const buildId = randomUUID();
        const eventsUrl = `${own}/api/runner/events`;
        const command = { type: 'start-build', buildId, eventsUrl };
        const { status, body } = await asked('the broker', `${broker}/api/commands`, command);
        if (status !== 202) throw new HttpError(503, `the broker: ${body?.error ?? status}`);
        sendJson(page.response, 202, { buildId });
      },
    },
    '/api/builds/latest': {
      OPTIONS: preflight,
      async GET(page) {
        allowPage(page);
        const { status, body } = await asked('the processor', `${processor}/api/sessions/latest`);
        if (status !== 200) throw new HttpError(503, `the processor answered ${status}`);
        sendJson(page.response, 200, body);
      },
    },
    '/api/runner/events': {
      async POST({ request, response }) {
        const { event } = await readJson(request);
        if (!isBuildEvent(event)) throw new HttpError(400, 'event is not a build event');
        const options = { attributes: { 'build.id': event.buildId } };
        await inSpan(`api.runner.events.${event.type}`, options, () => handleEvent(event));
        sendJson(response, 202, {});
      },
    },
  });

  /** @param {import('./events.mjs').BuildEvent} event */
  async function handleEvent(event) {
    const { status, body } = await asked('the processor', `${processor}/api/events`, { event });
    if (status !== 200) throw new HttpError(502, `the processor: ${body?.error ?? status}`);
    broadcast.publish(event.type, { session: body.session });
  }

  const broadcast = openBroadcast(http.server, {
    path: '/ws',
    destination: 'builds',
    delayMs: 20,
    environment: settings.environment,
    mayListen: isLoopbackPage,
    carry: carrierFor(fault),
  });
  own = await http.listen({
    port: settings.number('PORT', 3001),
    host: settings.text('HOST', '127.0.0.1'),
  });
  return {
    ready: `Build API ready on ${own}`,
    async close() {
      broadcast.close();
      await http.close();
    },
  };
});

/**
 * @param {string} who
 * @param {string} url
 * @param {unknown} [body] present: a POST
 */
async function asked(who, url, body) {
  try {
    return await call(url, body === undefined ? {} : { method: 'POST', body });
  } catch (error) {
    throw new HttpError(503, `${who} cannot be reached: ${error.message}`);
  }
}
