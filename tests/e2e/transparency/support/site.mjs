// Two origins and a socket server that remember what reaches them, and serve the package and the cases to the page.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { join, normalize } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { root } from '../../../../scripts/lib/paths.mjs';
import { endpoints } from './endpoints.mjs';
import { Record } from './record.mjs';
import { serveSockets } from './sockets.mjs';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const SERVED = [
  [/^\/dist\/[\w-]+\.(js|wasm)$/, root],
  [/^\/cases\/\w+\/[\w-]+\.js$/, HERE],
  [/^\/page\/[\w-]+\.js$/, HERE],
  [/^\/tests\/conformance\/\w+\.json$/, root],
];
const TYPES = { js: 'text/javascript', wasm: 'application/wasm', json: 'application/json' };

const CORS = {
  1: { 'access-control-allow-origin': '*' },
  all: { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' },
};

const PAGE =
  '<!doctype html><link rel="icon" href="data:,"><title>page</title><body><script src="/page/thrower.js"></script>';

/** What every origin may ask of the record, by name. */
const ASKED = {
  log: ({ record, token }) => record.of(token),
  record: ({ record, token }) => record.complete(token),
  arrived: ({ record, token, url }) =>
    record.arrived(token, Number(url.searchParams.get('n') ?? 1)),
  received: ({ record, token, url }) =>
    record.received(token, Number(url.searchParams.get('bytes'))),
  release: ({ record, token }) => record.release(token),
};

function corsOf(kind, origin) {
  if (kind !== 'cred') return CORS[kind] ?? {};
  return {
    'access-control-allow-origin': origin ?? '*',
    'access-control-allow-credentials': 'true',
    'access-control-allow-headers': 'x-custom, content-type, authorization',
  };
}

async function file(pathname, response) {
  const [, folder] = SERVED.find(([served]) => served.test(pathname)) ?? [];
  if (!folder) return false;
  const body = await readFile(join(folder, normalize(pathname)));
  const headers = {
    'content-type': TYPES[pathname.split('.').pop()],
    'service-worker-allowed': '/',
  };
  response.writeHead(200, headers).end(body);
  return true;
}

/** A form without what marks its parts, which Firefox draws anew each time, in differing lengths. */
function withoutBoundary(body) {
  const boundary = /^-{2,}(WebKitFormBoundary|geckoformboundary)\w+/.exec(body)?.[0];
  return boundary ? body.replaceAll(boundary, '--BOUNDARY') : body;
}

/** Answers one request, and keeps of it what is compared. */
async function answer(record, side, request, response) {
  const url = new URL(request.url, 'http://localhost');
  const name = url.pathname.slice(1);
  const token = url.searchParams.get('k') ?? url.searchParams.get('t') ?? '';
  if (Object.hasOwn(ASKED, name)) {
    const said = await ASKED[name]({ record, token, url });
    return response.writeHead(200, CORS[1]).end(JSON.stringify(said ?? null));
  }
  if (/^(controlled\/)?page$/.test(name))
    return response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE);
  // Never answered: a wasm that is on its way for ever.
  if (name === 'never.wasm') return undefined;
  if (await file(url.pathname, response)) return undefined;

  const { method: m, headers: h, rawHeaders: raw } = request;
  // Browsers send again what had no answer, as often as they like.
  const kept = name === 'reset' ? '' : token;
  const entry = record.begin(kept, { side, m, p: request.url, h, raw });
  request.on('data', ({ length }) => record.receive(kept, length));
  const body = buffer(request).then(
    (all) => {
      const text = withoutBoundary(all.toString('latin1'));
      entry.body = text.length > 4096 ? `${text.slice(0, 10)}: ${text.length} bytes` : text;
      return all;
    },
    () => Buffer.alloc(0),
  );
  const cors = corsOf(url.searchParams.get('cors'), request.headers.origin);
  for (const [key, value] of Object.entries(cors)) response.setHeader(key, value);
  response.on('close', async () => {
    if (request.complete) await body;
    // In HTTP/2 what was called off may be written to all the same.
    const { stream, writableFinished } = response;
    entry.end = (stream ? !stream.aborted : writableFinished) ? 'answered' : 'called off';
    record.changed();
  });
  if (m === 'OPTIONS') return response.writeHead(204).end();
  const endpoint = Object.hasOwn(endpoints, name) ? endpoints[name] : endpoints.status;
  if (endpoint === endpoints.status && name !== 'status') url.searchParams.set('code', '404');
  return endpoint({ request, response, url, body, record, token });
}

/** A server of HTTP/2, by whose certificate nobody vouches. */
async function createSecure(handle) {
  const [key, cert] = await Promise.all(
    ['key', 'certificate'].map((name) => readFile(join(HERE, `support/tls/${name}.pem`))),
  );
  return createSecureServer({ key, cert }, handle);
}

/** `secure`: over HTTP/2, without sockets. */
export async function startSite({ secure } = {}) {
  const record = new Record();
  const servers = [];
  const connections = new Set();
  for (const side of ['page', 'other']) {
    const handle = (request, response) => answer(record, side, request, response);
    const server = secure ? await createSecure(handle) : createServer(handle);
    server.on('connection', (connection) => {
      connections.add(connection);
      connection.on('close', () => connections.delete(connection));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
  }
  const scheme = secure ? 'https' : 'http';
  const [origin, other] = servers.map((server) => `${scheme}://127.0.0.1:${server.address().port}`);
  const stopSockets = secure ? () => {} : serveSockets(servers[0], record);
  return {
    origin,
    other,
    async stop() {
      stopSockets();
      const closed = servers.map((server) => once(server, 'close'));
      for (const server of servers) server.close();
      for (const connection of connections) connection.destroy();
      await Promise.all(closed);
    },
  };
}
