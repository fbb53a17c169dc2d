// A server with @sentry/node that tells what it made of a request. SENTRY_TRACES_SAMPLE_RATE absent: decisions stay open.
import { readFile } from 'node:fs/promises';
import * as Sentry from '@sentry/node';

/** The envelopes that Sentry would get: their headers, and the spans in them. */
const envelopes = [];
const rate = process.env.SENTRY_TRACES_SAMPLE_RATE;

Sentry.init({
  // The host names the organisation, 42; nothing is sent to it.
  dsn: 'http://server@o42.ingest.localhost/7',
  release: 'server@1',
  ...(rate && { tracesSampleRate: Number(rate) }),
  transport: (options) =>
    Sentry.createTransport(options, async ({ body }) => {
      const [header, ...lines] = String(body)
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      const spans = lines.flatMap(({ items }) => items ?? []);
      envelopes.push({ trace: header.trace, spans });
      return { statusCode: 200 };
    }),
});
// Instrumented, since it is loaded after that.
const { createServer } = await import('node:http');

const PACKAGE = /^\/dist\/[\w-]+\.(js|wasm)$/;
const TYPES = { js: 'text/javascript', wasm: 'application/wasm' };

/** What a message carries, of a trace that begins here or that the request belongs to. */
function message() {
  const { 'sentry-trace': trace, baggage } = Sentry.getTraceData();
  return { type: 'prices', _sentry: { trace, baggage } };
}

const answers = {
  '/echo': ({ headers }) => ({ headers, data: Sentry.getTraceData() }),
  '/message': () =>
    Sentry.startNewTrace(() => Sentry.startSpan({ name: 'send prices' }, () => message())),
  async '/envelopes'() {
    await Sentry.flush();
    return envelopes;
  },
};

const server = createServer(async (request, response) => {
  const [path] = request.url.split('?');
  const [, type] = PACKAGE.exec(path) ?? [];
  if (type) {
    response.setHeader('content-type', TYPES[type]);
    return response.end(await readFile(`.${path}`));
  }
  if (Object.hasOwn(answers, path)) {
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify(await answers[path](request)));
  }
  response.setHeader('content-type', 'text/html');
  return response.end('<!doctype html><link rel="icon" href="data:,"><title>page</title>');
});
server.listen(0, '127.0.0.1', () => {
  console.log(`Sentry peer on http://127.0.0.1:${server.address().port}`);
});
