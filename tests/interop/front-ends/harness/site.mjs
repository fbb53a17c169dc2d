// The site of a front end: its bundled page, an API that remembers the headers it was sent, a socket, and a sink for Sentry.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { WebSocketServer } from 'ws';
import { root } from '../../../../scripts/lib/paths.mjs';

const PACKAGE = /^\/(dist\/[\w-]+\.(js|wasm))$/;
const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };

/** tracelink stays outside the bundle, so that the page loads the files of the package. */
const PAGE = `<!doctype html><link rel="icon" href="data:,"><div id="root"></div>
<script type="importmap">{ "imports": { "tracelink": "/dist/index.js" } }</script>`;

async function listening(handle) {
  const server = createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

/** `script`: the page's bundle. */
export async function startSite(script) {
  const requests = [];
  const envelopes = [];
  const others = [];
  const held = [];

  async function api(request, response) {
    const { method, url, rawHeaders } = request;
    const body = await buffer(request);
    requests.push({ method, url, rawHeaders });
    const { searchParams: wish } = new URL(url, 'http://localhost');
    if (wish.has('never')) return;
    if (wish.has('held')) return held.push(response);
    if (wish.has('release')) for (const waiting of held.splice(0)) waiting.end();
    const status = Number(wish.get('status') ?? 200);
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(`{"sent":${body.length}}`);
  }

  const site = await listening(async (request, response) => {
    const [path] = request.url.split('?');
    if (path.startsWith('/api/')) return api(request, response);
    if (path === '/app.js')
      return response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    const [, file] = PACKAGE.exec(path) ?? [];
    if (file) {
      const type = file.endsWith('.js') ? 'text/javascript' : 'application/wasm';
      return response
        .writeHead(200, { 'content-type': type })
        .end(await readFile(join(root, file)));
    }
    const query = request.url.slice(path.length);
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    return response.end(`${PAGE}<script type="module" src="/app.js${query}"></script>`);
  });

  // Stands where the servers of others would: Sentry's, and a collector of OpenTelemetry.
  const sink = await listening(async (request, response) => {
    const body = await buffer(request);
    others.push({ method: request.method, url: request.url, rawHeaders: request.rawHeaders });
    if (request.method === 'POST')
      envelopes.push({
        url: request.url,
        headers: request.headers,
        text: String(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body),
      });
    response.writeHead(200, CORS).end('{}');
  });

  const sockets = new WebSocketServer({ server: site.server, path: '/updates' });
  return {
    url: site.url,
    sinkUrl: sink.url,
    /** Calls of the API, oldest first. */
    requests,
    /** Requests to the sink, and the bodies of what was posted there. */
    others,
    envelopes,
    sockets: sockets.clients,
    /** To everyone who is connected. */
    send(message) {
      for (const socket of sockets.clients) socket.send(JSON.stringify(message));
    },
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      for (const { server } of [site, sink]) {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      }
    },
  };
}

/** The values of a header, each as often as it was sent. */
export const valuesOf = ({ rawHeaders }, name) =>
  rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1].toLowerCase() === name);
