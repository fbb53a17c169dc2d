// Stands between the W3C's test harness, which talks to a service, and a page, which is the service: no CORS is needed.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

/** Of a page's request, what the harness is to judge. */
const JUDGED = ['traceparent', 'tracestate', 'baggage', 'sentry-trace'];

/** A service of the harness: `continueTrace(lines, calls)` gives the header lines of the calls that it makes. */
export async function startBridge(continueTrace) {
  const server = createServer(async (request, response) => {
    const { rawHeaders } = request;
    const lines = rawHeaders.flatMap((name, at) =>
      // What is the connection's own stays here: a page can neither read nor set it.
      at % 2 === 0 && !/^(host|connection|content-length)$/i.test(name)
        ? [[name, rawHeaders[at + 1]]]
        : [],
    );
    const wanted = await json(request);
    const sent = await continueTrace(lines, wanted.length);
    for (const [at, { url, arguments: body }] of wanted.entries()) {
      const headers = sent[at].filter(([name]) => JUDGED.includes(name.toLowerCase()));
      await fetch(url, {
        method: 'POST',
        headers: [['content-type', 'application/json'], ...headers],
        body: JSON.stringify(body),
      });
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('null');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
