// Two origins with pages, the built package, and endpoints that echo, redirect, stream, wait and remember.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, normalize } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../../../scripts/lib/paths.mjs';

const SERVED = /^\/(dist\/[\w-]+\.(js|wasm)|pkg\/.+\.(js|wasm))$/;

const CORS = {
  1: { 'access-control-allow-origin': '*' },
  all: { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' },
};

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

const endpoints = {
  async echo(request, response, url) {
    const body = await bodyOf(request);
    const { method: m, headers: h, rawHeaders: raw } = request;
    response.setHeader('content-type', 'application/json');
    for (const [name, value] of JSON.parse(url.searchParams.get('headers') ?? '[]'))
      response.setHeader(name, value);
    response.end(JSON.stringify({ m, h, raw, body, p: request.url }));
  },
  redirect(_request, response, url) {
    const { code = 302, to } = Object.fromEntries(url.searchParams);
    response.writeHead(Number(code), { location: to }).end();
  },
  status(_request, response, url) {
    response.writeHead(Number(url.searchParams.get('code'))).end();
  },
  async slow(_request, response, url) {
    await sleep(Number(url.searchParams.get('ms')));
    response.end('slow');
  },
  async stream(_request, response, url) {
    const { n, ms } = Object.fromEntries(url.searchParams);
    for (let at = 0; at < Number(n) && !response.destroyed; at++) {
      response.write(`chunk${at} `);
      await sleep(Number(ms));
    }
    response.end();
  },
};

/** A page; `headers` and `head` (HTML) come from the query. */
function page(response, url) {
  const headers = JSON.parse(url.searchParams.get('headers') ?? '[]');
  for (const [name, value] of headers) response.setHeader(name, value);
  response.setHeader('content-type', 'text/html; charset=utf-8');
  const head = url.searchParams.get('head') ?? '';
  response.end(
    `<!doctype html><link rel="icon" href="data:,"><title>page</title>${head}<body>text</body>`,
  );
}

export async function startSite() {
  const log = [];
  const sent = [];
  const handle = async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    const name = url.pathname.slice(1);
    if (name === 'log') {
      const found = log.filter(
        ({ p, port }) => port === request.socket.localPort && p.includes(url.searchParams.get('k')),
      );
      return response.writeHead(200, CORS[1]).end(JSON.stringify(found));
    }
    if (name === 'page') return page(response, url);
    // Never answered: a wasm that is on its way for ever.
    if (name === 'never.wasm') return undefined;
    if (name === 'otlp/v1/traces') {
      sent.push(request.headers);
      await bodyOf(request);
      return response.end();
    }
    if (SERVED.test(url.pathname)) {
      const type = name.endsWith('.js') ? 'text/javascript' : 'application/wasm';
      const body = await readFile(join(root, normalize(url.pathname)));
      return response.writeHead(200, { 'content-type': type }).end(body);
    }
    const port = request.socket.localPort;
    log.push({ m: request.method, h: request.headers, p: request.url, port });
    for (const [key, value] of Object.entries(CORS[url.searchParams.get('cors')] ?? {}))
      response.setHeader(key, value);
    if (request.method === 'OPTIONS') return response.writeHead(204).end();
    const endpoint = Object.hasOwn(endpoints, name) ? endpoints[name] : endpoints.status;
    if (endpoint === endpoints.status && name !== 'status') url.searchParams.set('code', '404');
    return endpoint(request, response, url);
  };
  const servers = [];
  for (let count = 0; count < 2; count++) {
    const server = createServer(handle);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
  }
  const [origin, other] = servers.map((server) => `http://127.0.0.1:${server.address().port}`);
  return {
    origin,
    other,
    /** Headers of the exporter's requests. */
    sent,
    page: (parameters = {}) => `${origin}/page?${new URLSearchParams(parameters)}`,
    async stop() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      }
    },
  };
}
