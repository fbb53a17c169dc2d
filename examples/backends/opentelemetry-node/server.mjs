// Orders, told to every page over a WebSocket. Run: node examples/backends/opentelemetry-node/server.mjs
import './telemetry.mjs';
import { context, propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import cors from 'cors';
import express from 'express';
import { WebSocketServer } from 'ws';

const { ALLOW_ORIGIN = 'http://localhost:5173', PORT = '3001' } = process.env;
const page = 'examples/backends/page';
const app = express();
app.use('/dist', express.static('dist')).use('/page', express.static(page));
app.get('/', (_request, response) => {
  const fields = { traceparent: '' };
  propagation.inject(context.active(), fields);
  response.set('server-timing', `traceparent;desc="${fields.traceparent}"`);
  response.set('cache-control', 'no-store').sendFile('index.html', { root: page });
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
  const tracer = trace.getTracer('orders');
  tracer.startActiveSpan(`send ${message.type}`, { kind: SpanKind.PRODUCER }, (span) => {
    propagation.inject(context.active(), message);
    for (const socket of sockets.clients) socket.send(JSON.stringify(message));
    span.end();
  });
}
sockets.on('connection', (socket) => {
  socket.on('message', (data) => {
    try {
      const message = JSON.parse(String(data));
      const sender = propagation.extract(ROOT_CONTEXT, message);
      context.with(sender, () => broadcast({ type: 'order.cancelled', item: message.item }));
    } catch {
      socket.close(1007, 'not a message');
    }
  });
});
