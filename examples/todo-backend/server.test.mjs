// The process: its ready line, its errors in one line, and no span lost when it is stopped.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('server.mjs', import.meta.url));

/** @param {Record<string, string>} env */
function start(env) {
  const child = spawn(process.execPath, [SERVER], {
    env: { PATH: process.env.PATH, PORT: '0', DB_FILE: ':memory:', ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    output.stdout += text;
  });
  child.stderr.on('data', (text) => {
    output.stderr += text;
  });
  return { child, output, exit: once(child, 'exit').then(([code]) => code) };
}

/** @param {import('node:http').Server} server */
async function listen(server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return port;
}

test('prints one line when ready and sends its spans before it stops', async () => {
  /** @type {{ url?: string, type?: string, bytes: Buffer }[]} */
  const bodies = [];
  const collector = createServer((request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      bodies.push({ url: request.url, type: request.headers['content-type'], bytes });
      response.writeHead(200).end();
    });
  });
  const port = await listen(collector);
  const { child, output, exit } = start({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    // Long enough that only the shutdown can have sent them.
    OTEL_BSP_SCHEDULE_DELAY: '60000',
  });
  while (!output.stdout.includes('\n')) await once(child.stdout, 'data');
  assert.match(output.stdout, /^Example backend ready on http:\/\/127\.0\.0\.1:\d+\n$/);
  const address = output.stdout.trim().split(' ').at(-1);
  const response = await fetch(`${address}/api/todos`);
  assert.deepEqual(await response.json(), { todos: [] });
  child.kill('SIGTERM');
  assert.equal(await exit, 0);
  collector.close();
  assert.equal(output.stderr, '');
  assert.equal(bodies.length, 1);
  assert.equal(bodies[0].url, '/v1/traces');
  assert.equal(bodies[0].type, 'application/x-protobuf');
  for (const name of ['GET /api/todos', 'SELECT todos', 'todo-backend']) {
    assert.ok(bodies[0].bytes.includes(name), name);
  }
});

test('stops although a page does not hang up', async () => {
  const { child, output, exit } = start({});
  while (!output.stdout.includes('\n')) await once(child.stdout, 'data');
  const { port } = new URL(output.stdout.trim().split(' ').at(-1) ?? '');
  const page = connect(Number(port), '127.0.0.1');
  page.write(
    'GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const [answer] = await once(page, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 101/);
  page.on('error', () => {});
  const started = Date.now();
  child.kill('SIGTERM');
  assert.equal(await exit, 0);
  assert.ok(Date.now() - started < 5000, `${Date.now() - started} ms`);
  page.destroy();
});

test('a port in use is one line and exit 1', async () => {
  const other = createServer();
  const port = await listen(other);
  const { output, exit } = start({ PORT: String(port) });
  assert.equal(await exit, 1);
  other.close();
  assert.match(output.stderr, /^The example backend cannot start: .* in use; set PORT .*\n$/);
});

test('a database that cannot be opened and a bad option are one line and exit 1', async () => {
  for (const [env, message] of /** @type {[Record<string, string>, RegExp][]} */ ([
    [{ DB_FILE: '/no/such/folder/x.db' }, /^The example .* database .* cannot be opened.*\n$/],
    [{ PORT: 'many' }, /^The example .* PORT is "many".*\n$/],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'nowhere' }, /^The example .*_ENDPOINT is "nowhere".*\n$/],
  ])) {
    const { output, exit } = start(env);
    assert.equal(await exit, 1);
    assert.match(output.stderr, message);
  }
});
