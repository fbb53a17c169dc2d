// Stands where Sentry's server would: takes the envelopes that a backend's SDK sends, and keeps their spans.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** The spans of an envelope: lines of JSON, each item behind its header. */
function* spansOf(envelope) {
  const lines = envelope.split('\n');
  for (let at = 1; at + 1 < lines.length; at += 2)
    if (JSON.parse(lines[at]).type === 'span') yield* JSON.parse(lines[at + 1]).items;
}

/** { env, spans(traceId), stop }: what points a backend here, and the spans of a trace so far. */
export async function startSentrySink() {
  const received = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const gzip = request.headers['content-encoding'] === 'gzip';
    received.push(...spansOf(String(gzip ? gunzipSync(body) : body)));
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    env: { SENTRY_DSN: `http://key@127.0.0.1:${server.address().port}/1` },
    spans: (traceId) =>
      received
        .filter((span) => span.trace_id === traceId)
        .map(({ name, span_id: spanId, parent_span_id: parentSpanId }) => ({
          name,
          spanId,
          parentSpanId,
          serviceName: 'orders',
        })),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
