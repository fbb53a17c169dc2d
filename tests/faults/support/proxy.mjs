// Stands between a page and its collector: serves the page, passes its requests on, and injects faults into them.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { root } from '../../../scripts/lib/paths.mjs';
import { Exchange, passPreflight } from './exchange.mjs';

const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm' };
/** What a page may load of the package, as it is published. */
const PACKAGE = /^\/dist\/[\w-]+\.(js|wasm)$/;
const PAGE_SCRIPT = fileURLToPath(new URL('page.js', import.meta.url));
const POLL_MS = 20;

/** A server that can go away, with all its connections, and come back at its old port. */
class Port {
  #handle;
  #server;
  #port = 0;

  constructor(handle) {
    this.#handle = handle;
  }

  get origin() {
    return `http://127.0.0.1:${this.#port}`;
  }

  async up() {
    this.#server = createServer(this.#handle);
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = this.#server.address().port;
  }

  async down() {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}

export class FaultyProxy {
  /** Each POST to `/v1/traces`, in order: { at, spans, status, answeredAt, stored, collectorStatus }. */
  requests = [];
  /** Faults for the next requests, used up in order. */
  next = [];
  /** The fault of every other request. */
  always = (exchange) => exchange.pass();
  /** What pages told at `/told`, as JSON. */
  told = [];
  /** When each preflight came. */
  preflights = [];
  /** Headers that preflights get on their way to the collector. */
  preflight = {};

  #collectorUrl;
  /** Serves the page, and takes its traces. */
  site = new Port((...given) => this.#take(...given));
  /** Another origin that takes traces. */
  other = new Port((...given) => this.#take(...given));

  /** `collectorUrl()`: where the collector is now. */
  constructor(collectorUrl) {
    this.#collectorUrl = collectorUrl;
  }

  async start() {
    await Promise.all([this.site.up(), this.other.up()]);
    return this;
  }

  async stop() {
    await Promise.all([this.site.down(), this.other.down()]);
  }

  /** How often the collector has acknowledged each span, by `traceId/spanId`. */
  stored() {
    const counts = new Map();
    for (const { spans, stored } of this.requests) {
      if (!stored) continue;
      for (const { traceId, spanId } of spans) {
        const key = `${traceId}/${spanId}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    return counts;
  }

  /** Polls until `holds(requests)`; false when that took longer than `ms`. */
  async until(holds, ms) {
    const end = Date.now() + ms;
    while (!holds(this.requests)) {
      if (Date.now() > end) return false;
      await sleep(POLL_MS);
    }
    return true;
  }

  async #take(request, response) {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    if (pathname === '/v1/traces') return this.#traces(request, response);
    if (pathname === '/page') return answerPage(searchParams, response);
    if (pathname === '/blank') return answerHtml(response, '<title>blank</title>');
    if (pathname === '/told') {
      this.told.push(await json(request));
      return response.end();
    }
    const file =
      pathname === '/page.js' ? PAGE_SCRIPT : PACKAGE.test(pathname) && join(root, pathname);
    if (!file) return response.writeHead(404).end('not here');
    response.writeHead(200, { 'content-type': TYPES[extname(file)] }).end(await readFile(file));
  }

  async #traces(request, response) {
    if (request.method !== 'POST') {
      this.preflights.push(Date.now());
      return passPreflight(request, response, this.#collectorUrl, this.preflight);
    }
    const record = { at: Date.now(), spans: [] };
    this.requests.push(record);
    const fault = this.next.shift() ?? this.always;
    try {
      await fault(new Exchange(request, response, this.#collectorUrl, record));
    } catch (error) {
      // The page went away in the middle, or the proxy's own port did.
      record.status = `broke off: ${error.message}`;
      request.socket.destroy();
    }
  }
}

function answerHtml(response, html, headers) {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers });
  response.end(`<!doctype html><link rel="icon" href="data:,">${html}`);
}

function answerPage(searchParams, response) {
  const csp = searchParams.get('csp');
  answerHtml(
    response,
    '<title>faults</title><script type="module" src="/page.js"></script>',
    csp ? { 'content-security-policy': csp } : {},
  );
}
