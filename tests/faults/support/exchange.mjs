// One request for traces that passes the proxy: its body, the collector's answer, and what a fault can do to either.
import { request as httpRequest } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { readRequest } from '../../e2e/shell/support/protobuf.mjs';

/** What belongs to one connection only (RFC 9110, section 7.6.1). */
const HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'host', 'content-length']);

const endToEnd = (headers) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP.has(name)));

/** Sends a whole request to the collector; resolves with { status, headers, body }. */
function send(collectorUrl, { method, url, headers }, body, whenSent) {
  return new Promise((resolve, reject) => {
    const target = new URL(url, collectorUrl);
    const sent = httpRequest(target, { method, headers, agent: false }, async (answer) => {
      try {
        const parts = [];
        for await (const part of answer) parts.push(part);
        resolve({
          status: answer.statusCode,
          headers: endToEnd(answer.headers),
          body: Buffer.concat(parts),
        });
      } catch (error) {
        reject(error);
      }
    });
    sent.on('error', reject).end(body, whenSent);
  });
}

/** The spans of an OTLP request as [{ traceId, spanId }]. */
function spansOf(body, headers) {
  const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  const json = headers['content-type'].startsWith('application/json');
  const { resourceSpans } = json ? JSON.parse(plain) : readRequest(plain);
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

/** A POST to `/v1/traces`. What it learns it writes into `record`, which the proxy keeps. */
export class Exchange {
  #request;
  #response;
  #collectorUrl;
  #body;
  #whenSent;
  #sent = new Promise((resolve) => {
    this.#whenSent = resolve;
  });

  constructor(request, response, collectorUrl, record) {
    this.#request = request;
    this.#response = response;
    this.#collectorUrl = collectorUrl;
    this.record = record;
  }

  /** All of the request's body. */
  async body() {
    if (this.#body) return this.#body;
    const parts = [];
    for await (const part of this.#request) parts.push(part);
    this.#body = Buffer.concat(parts);
    this.record.spans = spansOf(this.#body, this.#request.headers);
    return this.#body;
  }

  /** Resolves when half of the body has come. */
  async halfOfBody() {
    const half = Number(this.#request.headers['content-length'] ?? 2) / 2;
    let come = 0;
    for await (const part of this.#request.iterator({ destroyOnReturn: false })) {
      come += part.length;
      if (come >= half) return;
    }
  }

  /** Resolves when the collector has been sent all of the request. */
  sent() {
    return this.#sent;
  }

  /** Has the collector take the request, with other headers if given; resolves with its answer. */
  async forward(headers = {}) {
    const body = await this.body();
    const own = endToEnd(this.#request.headers);
    const { method, url } = this.#request;
    const answer = await send(
      this.#collectorUrl(),
      { method, url, headers: { ...own, 'content-length': body.length, ...headers } },
      body,
      this.#whenSent,
    );
    this.record.stored = answer.status < 300;
    this.record.collectorStatus = answer.status;
    return answer;
  }

  /** Gives the page an answer: the collector's, or one of the proxy's own with the headers that let a page read it. */
  answer({ status, headers, body = '' }) {
    const cors = {
      'access-control-allow-origin': this.#request.headers.origin ?? '*',
      'access-control-expose-headers': 'retry-after',
    };
    this.record.status = status;
    this.record.answeredAt = Date.now();
    this.#response.writeHead(status, { ...cors, ...headers }).end(body);
  }

  /** Ends the connection with a TCP reset. */
  reset() {
    this.record.status = 'reset';
    this.record.answeredAt = Date.now();
    this.#request.socket.resetAndDestroy();
  }

  /** Without a fault: the collector's own answer; a reset when the collector is not there. */
  async pass(headers) {
    try {
      const { headers: received, ...answer } = await this.forward(headers);
      this.record.status = answer.status;
      this.record.answeredAt = Date.now();
      this.#response.writeHead(answer.status, received).end(answer.body);
    } catch {
      this.reset();
    }
  }
}

/** Any other request to the collector, a preflight mostly, as it is. */
export async function passPreflight(request, response, collectorUrl, changed = {}) {
  request.resume();
  try {
    const headers = { ...endToEnd(request.headers), ...changed };
    const { method, url } = request;
    const answer = await send(collectorUrl(), { method, url, headers });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  } catch {
    request.socket.resetAndDestroy();
  }
}
