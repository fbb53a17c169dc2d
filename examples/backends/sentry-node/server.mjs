// Orders, told to every page over a WebSocket. Run: SENTRY_DSN=… node examples/backends/sentry-node/server.mjs
import './telemetry.mjs';
import { readFileSync } from 'node:fs';
import * as Sentry from '@sentry/node';
import cors from 'cors';
import express from 'express';
import { WebSocketServer } from 'ws';

const { ALLOW_ORIGIN = 'http://localhost:5173', PORT = '3001' } = process.env;
const page = readFileSync('examples/backends/page/index.html', 'utf8');

const app = express();
app.use('/dist', express.static('dist')).use('/page', express.static('examples/backends/page'));
app.get('/', (_request, response) => {
  const html = page.replace('<head>', `<head>${Sentry.getTraceMetaTags()}`);
  response.set('cache-control', 'no-store').send(html);
});
const allowedHeaders = 'content-type, traceparent, tracestate, baggage, sentry-trace';
app.use('/api', cors({ origin: ALLOW_ORIGIN, allowedHeaders }), express.json());
app.post('/api/orders', ({ body: { item } }, response) => {
  broadcast({ type: 'order.placed', item });
  response.status(201).json({ item });
});
const server = app.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`Orders ready on http://127.0.0.1:${Object(server.address()).port}`);
});

const sockets = new WebSocketServer({ server, path: '/updates' });
/** @param {Record<string, unknown>} message goes to every page, with the context of its span */
function broadcast(message) {
  Sentry.startSpan({ name: `send ${message.type}`, op: 'queue.publish' }, () => {
    const { 'sentry-trace': trace, baggage } = Sentry.getTraceData();
    const text = JSON.stringify({ ...message, _sentry: { trace, baggage } });
    for (const socket of sockets.clients) socket.send(text);
  });
}
sockets.on('connection', (socket) => {
  socket.on('message', (data) => {
    try {
      const { item, _sentry } = JSON.parse(String(data));
      const sender = { sentryTrace: _sentry?.trace, baggage: _sentry?.baggage };
      Sentry.continueTrace(sender, () => broadcast({ type: 'order.cancelled', item }));
    } catch {
      socket.close(1007, 'not a message');
    }
  });
});
