// A site with the built package: blank pages with any headers, and OTLP sinks on the same and on another origin.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { root } from '../../../../scripts/lib/paths.mjs';
import { Sinks } from './sink.mjs';

const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm' };
/** What a page may load of the package, as it is published. */
const SERVED = /^\/(dist\/[\w-]+|pkg\/tracelink_bg)\.(js|wasm)$/;

/** What a page needs for a SharedArrayBuffer. */
const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

async function listen(handle) {
  const server = createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function answerPage(url, response) {
  const csp = url.searchParams.get('csp');
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    ...(csp ? { 'content-security-policy': csp } : {}),
    ...(url.searchParams.has('isolated') ? ISOLATED : {}),
  });
  response.end('<!doctype html><link rel="icon" href="data:,"><title>page</title><body></body>');
}

export async function startSite() {
  const sinks = new Sinks();
  /** Paths of the package that were asked for. */
  const requested = [];
  const handle = async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    if (sinks.owns(url)) return sinks.take(request, response, url);
    if (url.pathname === '/page') return answerPage(url, response);
    requested.push(url.pathname);
    if (!SERVED.test(url.pathname)) return response.writeHead(404).end('not here');
    const body = await readFile(join(root, normalize(url.pathname)));
    response.writeHead(200, { 'content-type': TYPES[extname(url.pathname)] }).end(body);
  };
  const servers = [await listen(handle), await listen(handle)];
  const [url, otherUrl] = servers.map((server) => `http://127.0.0.1:${server.address().port}`);
  return {
    url,
    requested,
    /** Address of a blank page; `csp` becomes its Content-Security-Policy, `isolated` isolates it from other origins. */
    page: (parameters = {}) => `${url}/page?${new URLSearchParams(parameters)}`,
    /** A fresh OTLP endpoint, on another origin than the pages unless `here`. */
    sink: ({ here = false } = {}) => sinks.open(here ? url : otherUrl),
    async stop() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      }
    },
  };
}
