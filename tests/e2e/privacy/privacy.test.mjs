// Nothing that is redacted leaves: secrets are planted everywhere, and every byte that can be seen is searched for them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before } from 'node:test';
import { startSockets } from '../messages/support/sockets.mjs';
import { inEveryBrowser } from '../shell/support/in-page.mjs';
import { optionsOf, plantInSpans, SECRET, seenInPage, textsWith } from './plant.mjs';

let sockets;
/** Answers everything, from another origin: redirects, secret headers, nothing. */
let other;

before(async () => {
  sockets = await startSockets();
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost');
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', '*');
    response.setHeader('access-control-expose-headers', '*');
    response.setHeader('timing-allow-origin', '*');
    response.setHeader('x-auth-token', `${SECRET}-answer`);
    response.setHeader('content-location', `cb?token=${SECRET}-location#${SECRET}-location2`);
    const to = url.searchParams.get('to');
    if (to) return response.writeHead(302, { location: to }).end();
    return response.end('x'.repeat(500));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  other = { server, origin: `http://127.0.0.1:${server.address().port}` };
});

after(async () => {
  await sockets?.stop();
  other?.server.closeAllConnections();
  other?.server.close();
});

/** The page with `plant` at `p`, at a URL with secrets in it, and records of its console. */
async function open({ page, site, run, load }) {
  const url = `${site.page({ token: `${SECRET}-page`, visitor: `${SECRET}-visitor` })}#/cb?token=${SECRET}-hash`;
  // A resource of the page's load, from another origin.
  const { identifier } = await page.evaluateOnNewDocument((source) => {
    addEventListener('DOMContentLoaded', () => {
      document.body.append(Object.assign(new Image(), { src: source }));
    });
  }, `${other.origin}/early.png?token=${SECRET}-resource&visitor=${SECRET}-visitor`);
  await page.goto(url, { waitUntil: 'load' });
  await page.removeScriptToEvaluateOnNewDocument(identifier);
  await load('index');
  const functions = [optionsOf, textsWith, plantInSpans, seenInPage];
  await run(`window.p = { ${functions.map((one) => `${one.name}: ${one}`)} }`);
  await run(() => {
    window.records = { printed: [], ended: [] };
    for (const level of ['log', 'info', 'warn', 'error', 'debug'])
      console[level] = (...args) =>
        window.records.printed.push(
          args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg))).join(' '),
        );
    window.t.onSpanEnd((span) => window.records.ended.push(span));
  });
}

/** Requests, resources, sockets and event streams with secrets in their URLs, headers, messages and errors. */
async function plantInNetwork({ secret, host, other }) {
  const { t } = window;
  const came = (target, type) =>
    new Promise((done) => {
      target.addEventListener(type, done, { once: true });
      target.addEventListener('error', done, { once: true });
    });
  const query = (where) =>
    `token=${secret}-${where}&v=${secret}-visitor&a=1;sid=${secret}-${where}2`;
  t.tracePageLoad(`https://u:${secret}-name@h/?token=${secret}-name2`, {
    'page.referrer': `https://h/?code=${secret}-referrer#${secret}`,
  });
  const headers = {
    authorization: `Bearer ${secret}-authorization`,
    'x-own': `${secret}-own`,
    'x-api-key': `${secret}-key`,
    'x-url': `https://u:${secret}-url@h/?token=${secret}-url2`,
  };
  await t.tracedFetch(`${other}/a?${query('fetch')}#${secret}-fetch3`, { headers });
  const to = `${other}/b?${query('redirected')}`;
  await t.tracedFetch(`${other}/c?${query('redirect')}&to=${encodeURIComponent(to)}`);
  await t.tracedFetch(`/ignored?${query('ignored')}`).catch(() => {});
  await t.tracedFetch(`http://127.0.0.1:1/?${query('refused')}`).catch(() => {});
  await t.tracedFetch(`https://u:${secret}-user@h/`).catch(() => {});
  await t.tracedFetch(`data:text/plain,${secret}-data`);
  await t.tracedFetch(`http://[${secret}`).catch(() => {});
  const image = new Image();
  image.src = `${other}/i.png?${query('image')}`;
  await came(image, 'load');
  const socket = t.tracedWebSocket(`ws://${host}/echo?${query('socket')}`);
  socket.addEventListener('message', () => {});
  await came(socket, 'open');
  const traceparent = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
  socket.send(JSON.stringify({ traceparent, body: `${secret}-message` }));
  await came(socket, 'message');
  socket.close();
  const event = encodeURIComponent(
    `news ${JSON.stringify({ traceparent, body: `${secret}-event` })}`,
  );
  const source = t.traceEventSource(
    new EventSource(`http://${host}/events?event=${event}&${query('stream')}`),
    { destination: undefined },
  );
  source.addEventListener('news', () => {});
  await came(source, 'news');
  source.close();
  history.pushState(null, '', `?token=${secret}-pushed#${secret}-pushed2`);
  t.tracePageLoad(`next?token=${secret}-next`);
  await new Promise((done) => setTimeout(done, 100));
}

/** Says where a secret was found: its name and what stands around it. */
function assertClean(where, text) {
  const at = text.toLowerCase().indexOf(SECRET);
  assert.equal(at, -1, `${where} tells: …${text.slice(Math.max(0, at - 120), at + 60)}…`);
}

async function nothingLeaves(context, options, more) {
  const { site, run } = context;
  const sink = site.sink();
  await open(context);
  const started = await run(
    async ({ secret, given }) => {
      const done = window.t.init({ ...window.p.optionsOf(secret), ...given });
      // While starting everything is recorded by other ways.
      window.p.plantInSpans(window.t, window.p.textsWith(secret).slice(0, 6), secret);
      return done;
    },
    { secret: SECRET, given: { endpoint: sink.url, ...options } },
  );
  assert.deepEqual(started, { ok: true });
  await run(plantInNetwork, { secret: SECRET, host: sockets.host, other: other.origin });
  const seen = await run(
    async ({ secret, more }) => {
      const { t, p, records } = window;
      p.plantInSpans(t, p.textsWith(secret), secret);
      // No room for another name or key: what comes now travels as text.
      for (let at = 0; more && at < 4200; at++) t.startSpan(`name ${at}`).end();
      for (const text of p.textsWith(secret))
        t.startSpan(`late ${text}`)
          .setAttribute(`late ${text}`, text)
          .addEvent(`late ${text}`, { [`late event ${text}`]: [text] })
          .end();
      t.startSpan('long')
        .setAttribute(`${'k'.repeat(300)}?token=${secret}-longkey`, 'x')
        .setAttribute('long', `${'x'.repeat(4000)} https://u:${secret}-cut@h/?token=${secret}`)
        .end();
      await new Promise((done) => setTimeout(done, 100));
      await t.flush();
      return p.seenInPage(t, records);
    },
    { secret: SECRET, more },
  );
  for (const [where, text] of Object.entries(seen)) assertClean(where, text);
  for (const { headers, sent, body } of sink.requests) {
    assertClean('headers to the collector', JSON.stringify(headers));
    assertClean('bytes to the collector', sent.toString('latin1'));
    assertClean('what they unpack to', body.toString('latin1'));
  }
  return { seen, sink };
}

inEveryBrowser({
  privacy: {
    'as protobuf, packed': async (context) => {
      const { seen, sink } = await nothingLeaves(context, {}, true);
      assert.ok(sink.requests.some(({ headers }) => headers['content-encoding'] === 'gzip'));
      assert.ok(sink.spans().length > 4_300, `${sink.spans().length} spans`);
      // What may be seen is there, in every place that was searched and has spans.
      for (const where of ['bufferedSpans', 'json', 'protobuf', 'onSpanEnd', 'console'])
        assert.match(seen[where], /token=REDACTED&harmless=seen/, where);
      for (const name of ['documentLoad', 'navigation', 'resourceFetch', 'GET', 'process'])
        assert.ok(
          sink.names().some((given) => given.startsWith(name)),
          name,
        );
      const urls = sink.spans().map(({ attributes }) => attributes['url.full']);
      assert.ok(urls.some((url) => /visitor=visitor/.test(url)));
      const headers = sink
        .spans()
        .find(({ attributes }) => attributes['http.request.header.x-url']);
      assert.deepEqual(headers.attributes['http.request.header.x-url'], [
        'https://h/?token=REDACTED',
      ]);
      assert.deepEqual(headers.attributes['http.response.header.content-location'], [
        'cb?token=REDACTED',
      ]);
      assert.match(seen.sessionStorage, /^\{"tracelink":";[\da-f]{32}"\}$/);
    },

    'as JSON, unpacked': async (context) => {
      const { sink } = await nothingLeaves(
        context,
        { protocol: 'http/json', compression: 'none' },
        false,
      );
      assert.ok(sink.requests.every(({ headers }) => !headers['content-encoding']));
    },

    'what is said of wrong options, and of a wasm or an endpoint that cannot be reached': async (
      context,
    ) => {
      await open(context);
      const results = await context.run(async (secret) => {
        const { t } = window;
        const wrong = [
          { endpoint: `https://u:${secret}-1@h/?token=${secret}-2` },
          { tracesEndpoint: `ftp://u:${secret}-3@h/?token=${secret}-4#${secret}` },
          { headers: { authorization: `Bearer ${secret}-5`, broken: 1 } },
          { headers: `authorization: ${secret}-6` },
          { headers: { 'no name': `${secret}-7` } },
          { wasm: { url: `https://u:${secret}-8@h/x.wasm` } },
          { wasm: { url: `/nowhere.wasm?token=${secret}-9` } },
          { ignoreUrls: [`/p?token=${secret}-10`, 5] },
          { redact: [`https://u:${secret}-11@h`] },
        ];
        const said = [];
        for (const options of wrong) {
          const { ok, reason, error } = await t.init({
            serviceName: 'x',
            endpoint: null,
            ...options,
          });
          said.push([ok, reason, `${error.message}`]);
        }
        return { said, printed: window.records.printed.join('\n') };
      }, SECRET);
      assert.deepEqual(
        results.said.map(([ok, reason]) => `${ok} ${reason}`),
        [...Array(6).fill('false config'), 'false load', ...Array(2).fill('false config')],
      );
      assertClean('errors', JSON.stringify(results.said));
      assertClean('console', results.printed);
    },
  },
});
