// What the two origins answer: echoes, redirects, streams, answers that wait to be released.
import { setTimeout as sleep } from 'node:timers/promises';

/** (module (func (export "f") (result i32) i32.const 7)) */
const WASM = Buffer.from(
  '0061736d010000000105016000017f03020100070501016600000a0601040041070b',
  'hex',
);

const TYPES = {
  wasm: ['application/wasm', WASM],
  json: ['application/json', '{"a":[1,2]}'],
  form: ['application/x-www-form-urlencoded', 'a=1&b=%C3%A9'],
  bytes: ['application/octet-stream', Buffer.from([0, 255, 128])],
  plain: ['text/plain', 'plain'],
};

export const endpoints = {
  /** Answers with the request; `headers` in the query are those of the answer. */
  async echo({ request, response, url, body }) {
    const sent = (await body).toString();
    const { method: m, headers: h, rawHeaders: raw } = request;
    response.setHeader('content-type', 'application/json');
    for (const [name, value] of JSON.parse(url.searchParams.get('headers') ?? '[]'))
      response.setHeader(name, value);
    // In two parts: its length is that of the request's headers, and they differ.
    response.write(JSON.stringify({ m, h, raw, body: sent, p: request.url }));
    response.end();
  },
  async redirect({ response, url, body }) {
    await body;
    const { code = 302, to } = Object.fromEntries(url.searchParams);
    response.writeHead(Number(code), { location: to }).end();
  },
  loop({ request, response }) {
    response.writeHead(302, { location: request.url }).end();
  },
  status({ response, url }) {
    const { code = 200, text = '' } = Object.fromEntries(url.searchParams);
    response.writeHead(Number(code), text).end();
  },
  async slow({ response, url }) {
    await sleep(Number(url.searchParams.get('ms')));
    response.end('slow');
  },
  async stream({ response, url }) {
    const { n, ms } = Object.fromEntries(url.searchParams);
    for (let at = 0; at < Number(n) && !response.destroyed; at++) {
      response.write(`chunk${at} `);
      await sleep(Number(ms));
    }
    response.end();
  },
  /** Answers when the case says so. */
  async hold({ response, record, token }) {
    await record.released(token);
    response.end('released');
  },
  /** Headers and a first chunk at once, the rest when the case says so. */
  async gate({ response, record, token }) {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write('first ');
    await record.released(token);
    response.end('last');
  },
  /** Goes away instead of answering, or in the middle of it. */
  async reset({ request, response, url }) {
    if (url.searchParams.has('late')) {
      response.writeHead(200, { 'content-length': '100' });
      response.write('some');
      await sleep(20);
    }
    request.socket.destroy();
  },
  typed({ response, url }) {
    const [type, content] = TYPES[url.searchParams.get('as')];
    response.writeHead(200, { 'content-type': type }).end(content);
  },
  /** May be kept by the browser's cache; `etag` makes it ask again. */
  cached({ request, response, record, token }) {
    const before = record.of(token).length;
    if (request.headers['if-none-match'] === '"same"') return response.writeHead(304).end();
    return response
      .writeHead(200, { 'cache-control': 'max-age=600', etag: '"same"', 'x-count': `${before}` })
      .end(`answer ${before}`);
  },
};
