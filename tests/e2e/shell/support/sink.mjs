// OTLP endpoints that answer as a test wants and keep what they were sent.
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { readRequest } from './protobuf.mjs';

const PATH = /^\/sink\/(\d+)\//;
const WAIT_MS = 10_000;

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

/** One endpoint. `answers` are used up in order, then every request is accepted. */
class Sink {
  requests = [];
  preflights = 0;
  answers = [];

  constructor(origin, number) {
    this.url = `${origin}/sink/${number}`;
  }

  /** Names of all spans that came, in their order. */
  names() {
    return this.spans().map((span) => span.name);
  }

  spans() {
    return this.requests.flatMap((request) => request.spans);
  }

  /** Spans of the requests that were answered with 2xx. */
  accepted() {
    return this.requests.filter(({ status }) => status < 300).flatMap(({ spans }) => spans);
  }

  /** Polls until `holds(this)`. */
  async until(holds, what = holds.toString()) {
    const end = Date.now() + WAIT_MS;
    while (!(await holds(this))) {
      if (Date.now() > end) {
        const came = this.requests.map(({ status, spans }) => `${status}: ${spans.length} spans`);
        throw new Error(`after ${WAIT_MS} ms not yet: ${what}; requests: ${came.join(', ')}`);
      }
      await sleep(20);
    }
  }

  async take(request, response) {
    const cors = {
      'access-control-allow-origin': request.headers.origin ?? '*',
      'access-control-allow-headers': 'content-type, content-encoding, x-team',
      'access-control-expose-headers': 'retry-after',
    };
    if (request.method === 'OPTIONS') {
      this.preflights++;
      return response.writeHead(204, cors).end();
    }
    const at = Date.now();
    const sent = await bodyOf(request);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    const json = request.headers['content-type'] === 'application/json';
    const decoded = json ? JSON.parse(body) : readRequest(body);
    const spans = decoded.resourceSpans.flatMap((resource) =>
      resource.scopeSpans.flatMap((scope) => scope.spans),
    );
    const given = this.answers.shift() ?? {};
    const {
      status = 200,
      headers = {},
      answer = '',
      reset,
      hang,
      delay = 0,
    } = typeof given === 'function' ? given({ body, spans }) : given;
    const { headers: received, url } = request;
    this.requests.push({ at, url, headers: received, sent, body, decoded, spans, status });
    if (hang) return undefined;
    if (reset) return request.socket.destroy();
    await sleep(delay);
    return response.writeHead(status, { ...cors, ...headers }).end(answer);
  }
}

export class Sinks {
  #all = new Map();

  open(origin) {
    const number = String(this.#all.size + 1);
    const sink = new Sink(origin, number);
    this.#all.set(number, sink);
    return sink;
  }

  owns(url) {
    return PATH.test(url.pathname);
  }

  take(request, response, url) {
    return this.#all.get(PATH.exec(url.pathname)[1]).take(request, response);
  }
}
