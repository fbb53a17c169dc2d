// The broker: passes commands from the API to the runner, and the runner's events to the API, in their order.
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { contextOf } from '../shared/carriers.mjs';
import { HttpError, readJson, sendJson } from '../shared/http.mjs';
import { call } from '../shared/http-client.mjs';
import { createRoutes } from '../shared/http-server.mjs';
import { runService } from '../shared/service.mjs';
import { isBuildEvent } from './events.mjs';
import { BROKER_LATENCY_MS, parseFault } from './faults.mjs';
import { carrierFor, parseMessage, sendMessage } from './messages.mjs';
import { inSpan, messaging } from './spans.mjs';

/** The event that the fault drop-event loses: the second step is done. */
const LOST = { type: 'todo', position: 1 };

await runService('The broker', 'broker', async (settings) => {
  const fault = parseFault(settings.text('FAULT', 'none'));
  /** Where the events of each running build go. @type {Map<string, string>} */
  const eventsUrls = new Map();
  /** @type {import('ws').WebSocket | undefined} */
  let runner;
  let heartbeats = 0;
  let forwarded = Promise.resolve();

  const http = createRoutes({
    '/healthz': {
      GET: ({ response }) =>
        sendJson(response, 200, { status: 'ok', runner: runner !== undefined, heartbeats }),
    },
    '/api/commands': {
      async POST({ request, response }) {
        const { type, buildId, eventsUrl } = await readJson(request);
        if (type !== 'start-build' || typeof buildId !== 'string' || !isHttp(eventsUrl)) {
          throw new HttpError(400, 'the command needs type "start-build", buildId and eventsUrl');
        }
        if (!runner) throw new HttpError(503, 'no runner is connected');
        eventsUrls.set(buildId, eventsUrl);
        await sendMessage('broker.sendCommand.start-build', {
          socket: runner,
          destination: 'runner',
          message: { type, buildId },
          attributes: { 'build.id': buildId },
          carry: carrierFor(fault),
          environment: settings.environment,
        });
        sendJson(response, 202, { buildId });
      },
    },
  });

  const sockets = new WebSocketServer({
    server: http.server,
    path: '/runner',
    maxPayload: 64 * 1024,
    // A browser names its page's origin; a runner has none.
    verifyClient: (/** @type {{ req: import('node:http').IncomingMessage }} */ { req }) =>
      req.headers.origin === undefined,
  });
  sockets.on('error', () => {}); // the HTTP server's, reported by `listen`
  sockets.on('connection', (socket) => {
    runner = socket;
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      if (runner === socket) runner = undefined;
    });
    socket.on('message', (data) => {
      const message = parseMessage(data);
      if (message?.type === 'heartbeat') heartbeats += 1;
      else if (message?.type === 'event' && isBuildEvent(message.event)) forward(message);
    });
  });

  /** @param {Record<string, any>} message */
  function forward(message) {
    const { event } = message;
    const earlier = forwarded;
    const attributes = { 'build.id': event.buildId };
    const work = async () => {
      if (fault === 'broker-latency') await sleep(BROKER_LATENCY_MS);
      await earlier;
      if (fault === 'drop-event' && event.type === LOST.type && event.position === LOST.position) {
        return;
      }
      const url = eventsUrls.get(event.buildId);
      if (!url) throw new Error(`nobody asked for events of build ${event.buildId}`);
      const { status, body } = await call(url, { method: 'POST', body: { event } });
      if (status !== 202) throw new Error(`the API answered ${status}: ${body?.error}`);
      if (event.type === 'build-completed') eventsUrls.delete(event.buildId);
    };
    forwarded = inSpan(
      `broker.forwardEvent.${event.type}`,
      messaging('process', 'broker', attributes),
      work,
      contextOf(message),
    ).catch((error) => console.error(`An event was not forwarded: ${error.message}`));
  }

  const address = { port: settings.number('PORT', 3002), host: settings.text('HOST', '127.0.0.1') };
  const url = await http.listen(address);
  return {
    ready: `Broker ready on ${url}`,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      await http.close();
    },
  };
});

/**
 * @param {unknown} value
 * @returns {value is string}
 */
function isHttp(value) {
  return typeof value === 'string' && URL.canParse(value) && new URL(value).protocol === 'http:';
}
