// What the scripts start: it is stopped with them, and its failure is one line.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { must, run } from '../../scripts/lib/run.mjs';
import { startService } from '../../scripts/lib/service.mjs';
import { checkPort } from '../../scripts/start/options.mjs';

const SERVER = `
const server = require('node:http').createServer((request, response) => response.end('here'));
server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));`;

async function answers(url) {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

test('a service is ready when it says so, and stop ends it', async () => {
  const service = await startService('test server', process.execPath, ['-e', SERVER]);
  assert.equal(await answers(service.url), true);
  await service.stop();
  assert.equal(await answers(service.url), false);
});

test('a service that cannot start is one line with its own reason', async () => {
  const script = "console.error('the disk is full'); process.exit(1)";
  await assert.rejects(startService('test server', process.execPath, ['-e', script]), {
    message: 'test server: the disk is full',
  });
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
  test(`a script that gets ${signal} takes its services with it`, async () => {
    const module = fileURLToPath(new URL('../../scripts/lib/service.mjs', import.meta.url));
    const script = `
      import { startService } from ${JSON.stringify(module)};
      const service = await startService('s', process.execPath, ['-e', ${JSON.stringify(SERVER)}]);
      console.log(service.url);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script]);
    const [printed] = await once(parent.stdout, 'data');
    const url = String(printed).trim();
    assert.equal(await answers(url), true);
    parent.kill(signal);
    await once(parent, 'exit');
    for (let i = 0; i < 50 && (await answers(url)); i++) await sleep(20);
    assert.equal(await answers(url), false);
  });
}

test('a command that runs too long is ended, with what it started', async () => {
  const start = Date.now();
  const { code } = await run('sh', ['-c', 'sleep 30 & sleep 30'], { timeoutMs: 200 });
  assert.equal(code, 124);
  assert.ok(Date.now() - start < 5000);
});

test('a failed command is one line that names the cause', async () => {
  const script = 'echo one; echo "error: no space left"; echo two; exit 3';
  await assert.rejects(must('a step', 'sh', ['-c', script], { remedy: 'Free some.' }), (error) => {
    assert.match(error.message, /^a step: sh ended with 3 \(error: no space left\)\. Free some\. /);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  });
  await assert.rejects(must('a step', 'no-such-program', []), /could not be started/);
});

test('a port in use is named, with the option that changes it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await assert.rejects(checkPort(port, 'demo page', 'port'), {
    message: `start: port ${port} is in use. Choose another for the demo page with --port.`,
  });
  server.close();
  await once(server, 'close');
  await checkPort(port, 'demo page', 'port');
});
