// Orders, told to every page by server-sent events. Run: node examples/backends/server-sent-events/server.mjs
// and open it with ?updates=events.
import '../opentelemetry-node/telemetry.mjs';
import { readFileSync } from 'node:fs';
import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import cors from 'cors';
import express from 'express';

const { ALLOW_ORIGIN = 'http://localhost:5173', PORT = '3001' } = process.env;
const page = readFileSync('examples/backends/page/index.html', 'utf8');
const tracer = trace.getTracer('orders');
/** The event streams of all open pages. @type {Set<express.Response>} */
const streams = new Set();

const app = express();
app.use('/dist', express.static('dist')).use('/page', express.static('examples/backends/page'));
app.get('/', (_request, response) => {
  const fields = { traceparent: '' };
  propagation.inject(context.active(), fields);
  const meta = `<meta name="traceparent" content="${fields.traceparent}">`;
  response.set('cache-control', 'no-store').send(page.replace('<head>', `<head>${meta}`));
});
const allowedHeaders = 'content-type, traceparent, tracestate, baggage, sentry-trace';
app.use(cors({ origin: ALLOW_ORIGIN, allowedHeaders }), express.json());
app.post('/api/orders', ({ body: { item } }, response) => {
  broadcast({ type: 'order.placed', item });
  response.status(201).json({ item });
});
app.get('/events', (_request, response) => {
  response.set('content-type', 'text/event-stream').set('cache-control', 'no-store');
  response.write(':\n\n'); // a comment: without a first byte Firefox does not say that it is open
  streams.add(response);
  response.on('close', () => streams.delete(response));
});
const server = app.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`Orders ready on http://127.0.0.1:${Object(server.address()).port}`);
});

/** @param {Record<string, unknown>} message goes to every page, with the context of its span */
function broadcast(message) {
  tracer.startActiveSpan(`send ${message.type}`, { kind: SpanKind.PRODUCER }, (span) => {
    propagation.inject(context.active(), message);
    for (const stream of streams) stream.write(`data: ${JSON.stringify(message)}\n\n`);
    span.end();
  });
}
