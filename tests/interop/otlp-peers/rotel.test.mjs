// rotel, an OTLP agent: the collector forwards to it through its outage and a kill, and it sends on to another collector.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectorBinary } from '../../../scripts/build/collector.mjs';
import { pythonProgram } from '../../../scripts/setup/python-packages.mjs';

const WAIT_MS = 60_000;
const WHERE =
  "import importlib.util as u; print(u.find_spec('rotel').submodule_search_locations[0])";
const TRACES = Array.from({ length: 20 }, (_, index) => (index + 1).toString(16).padStart(32, '0'));

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const running = [];
let folder;

function start(command, args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  running.push(child);
  return child;
}

async function end(child, signal) {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, 'exit');
  }
}

async function startCollector(...args) {
  const child = start(collectorBinary, ['--listen', '127.0.0.1:0', ...args]);
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { child, url: line.match(/http:\S+/)[0] };
}

async function startRotel(port, target) {
  const package_ = execFileSync(pythonProgram('rotel'), ['-c', WHERE], { encoding: 'utf8' }).trim();
  const grpc = await freePort();
  const child = start(join(package_, 'rotel-agent'), [
    ...['start', '--pid-file', join(folder, 'rotel.pid'), '--log-file', join(folder, 'rotel.log')],
    ...['--otlp-http-endpoint', `127.0.0.1:${port}`, '--otlp-grpc-endpoint', `127.0.0.1:${grpc}`],
    ...['--exporter', 'otlp', '--otlp-exporter-protocol', 'http'],
    ...['--otlp-exporter-endpoint', target],
  ]);
  child.stdout.resume();
}

/** A span with every field that OTLP has for one. */
const span = (traceId) => ({
  traceId,
  spanId: '00000000000000aa',
  parentSpanId: '00000000000000bb',
  traceState: 'a=b',
  flags: 0x301,
  name: 'forwarded',
  kind: 3,
  startTimeUnixNano: '1700000000000000001',
  endTimeUnixNano: '1700000000000000002',
  attributes: [{ key: 'list', value: { arrayValue: { values: [{ intValue: '7' }] } } }],
  droppedAttributesCount: 1,
  events: [{ name: 'event', timeUnixNano: '1700000000000000001' }],
  links: [{ traceId: 'f'.repeat(32), spanId: 'f'.repeat(16), traceState: 'c=d' }],
  status: { code: 2, message: 'late' },
});

const request = (traceId) => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
      scopeSpans: [{ scope: { name: 'scope', version: '1' }, spans: [span(traceId)] }],
    },
  ],
});

/** The traces that a collector has, as OTLP. */
async function stored(url) {
  const answers = TRACES.map((traceId) => fetch(`${url}/api/v3/traces/${traceId}`));
  const found = (await Promise.all(answers)).filter(({ ok }) => ok);
  return Promise.all(found.map((response) => response.json()));
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracelink-rotel-'));
});
after(async () => {
  for (const child of running) await end(child, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

test('spans go through a queue, a kill, rotel, and arrive in another collector as they were', async () => {
  const last = await startCollector('--db', ':memory:');
  const port = await freePort();
  const args = ['--db', join(folder, 'traces.db'), '--forward', `http://127.0.0.1:${port}`];
  const killed = await startCollector(...args);
  for (const traceId of TRACES) {
    const response = await fetch(`${killed.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request(traceId)),
    });
    assert.equal(response.status, 200);
  }
  await end(killed.child, 'SIGKILL');

  await startRotel(port, last.url);
  const first = await startCollector(...args);
  const deadline = Date.now() + WAIT_MS;
  let arrived = [];
  while (arrived.length < TRACES.length && Date.now() < deadline) {
    await sleep(200);
    arrived = await stored(last.url);
  }
  assert.deepEqual(arrived, await stored(first.url));
  assert.equal(arrived.length, TRACES.length);
});
