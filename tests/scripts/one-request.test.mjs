// The proxy that wasm tests load through: one request at a time, and none that leaves the machine.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { oneRequestProxy } from '../../scripts/test/one-request.mjs';

let proxy;
/** Keeps its connections and opens as many as it has requests, as browsers do. */
const browser = new Agent({ keepAlive: true });

before(async () => {
  proxy = await oneRequestProxy();
});
after(() => {
  browser.destroy();
  proxy.close();
});

async function ask(url, { method = 'GET', body } = {}) {
  const asked = request({
    port: proxy.port,
    host: '127.0.0.1',
    path: url,
    method,
    agent: browser,
    headers: { host: new URL(url).host },
  });
  asked.end(body);
  const [response] = await once(asked, 'response');
  return {
    status: response.statusCode,
    type: response.headers['x-type'],
    text: await text(response),
  };
}

test('six requests at once reach the server one after the other, with one connection at a time', async (t) => {
  let open = 0;
  let most = 0;
  let asking = 0;
  let mostAsking = 0;
  const server = createServer(async (asked, answer) => {
    mostAsking = Math.max(mostAsking, ++asking);
    const body = await text(asked);
    setTimeout(() => {
      asking--;
      answer.writeHead(asked.url === '/3' ? 404 : 200, { 'x-type': asked.method });
      answer.end(`${asked.headers.host}${asked.url}${body}`);
    }, 20);
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  server.on('connection', (socket) => {
    most = Math.max(most, ++open);
    socket.on('close', () => open--);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const options = (at) => (at % 2 ? { method: 'POST', body: `body ${at}` } : {});
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, at) => ask(`http://127.0.0.1:${port}/${at}`, options(at))),
  );
  assert.deepEqual(
    answers,
    answers.map((_, at) => ({
      status: at === 3 ? 404 : 200,
      type: at % 2 ? 'POST' : 'GET',
      text: `127.0.0.1:${port}/${at}${at % 2 ? `body ${at}` : ''}`,
    })),
  );
  assert.deepEqual([most, mostAsking], [1, 1]);
});

test('what cannot be reached is a connection that ends, and another host is never asked', async (t) => {
  let asked = 0;
  const server = createServer((_, answer) => {
    asked++;
    answer.end();
  }).listen(0);
  await once(server, 'listening');
  t.after(() => server.closeAllConnections());
  const { port } = server.address();
  assert.equal((await ask(`http://127.0.0.1:${port}/`)).status, 200);
  await assert.rejects(ask(`http://localhost:${port}/`), { code: 'ECONNRESET' });
  assert.equal(asked, 1);
  server.close();
  await assert.rejects(ask(`http://127.0.0.1:${port}/`), { code: 'ECONNRESET' });
});

test('what the browser calls off holds up nothing', async (t) => {
  const server = createServer((asked, answer) =>
    asked.url === '/large'
      ? answer.end(Buffer.alloc(10_000_000))
      : asked.url === '/small' && answer.end(),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const at = `http://127.0.0.1:${server.address().port}`;
  for (const path of ['/large', '/silent']) {
    const host = { port: proxy.port, host: '127.0.0.1' };
    const asked = request({ ...host, path: `${at}${path}`, agent: browser }).end();
    asked.on('error', () => {});
    await (path === '/large' ? once(asked, 'response') : once(server, 'request'));
    asked.destroy();
    assert.equal((await ask(`${at}/small`)).status, 200, path);
  }
});

test('the outcome of the tests is that of their runner', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracelink-runner-'));
  const file = join(folder, 'webdriver.json');
  writeFileSync(file, '{"goog:chromeOptions":{"args":[]},"moz:firefoxOptions":{"prefs":{}}}');
  const runner = fileURLToPath(new URL('../../scripts/test/browser-runner.mjs', import.meta.url));
  const outcome = (program, ...args) =>
    spawnSync(runner, args, {
      encoding: 'utf8',
      env: {
        ...process.env,
        TRACELINK_WASM_TEST_RUNNER: program,
        WASM_BINDGEN_TEST_WEBDRIVER_JSON: file,
      },
    });
  assert.equal(outcome(process.execPath, '-e', 'process.exit(0)').status, 0);
  assert.equal(outcome(process.execPath, '-e', 'process.exit(3)').status, 3);
  assert.equal(outcome(join(folder, 'missing')).status, 127);
  const shows = 'console.log(require(process.env.WASM_BINDGEN_TEST_WEBDRIVER_JSON))';
  assert.match(outcome(process.execPath, '-e', shows).stdout, /--proxy-server=127\.0\.0\.1:\d+/);
  rmSync(folder, { recursive: true });
});
