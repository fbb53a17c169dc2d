// The processes as such: they end together, they say in one line why they cannot start, and they wait for each other.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { start, startCollector, startPipeline } from './test/world.mjs';

/** @param {string} name @param {Record<string, string>} env */
const startProcess = (name, env) =>
  start(process.execPath, [fileURLToPath(new URL(`${name}.mjs`, import.meta.url))], env);

/** @param {string} url */
const answers = (url) =>
  fetch(`${url}/healthz`).then(
    () => true,
    () => false,
  );

test('SIGTERM ends all of them, with exit 0 and nothing on standard error', async () => {
  const pipeline = startPipeline({});
  const api = await pipeline.url();
  assert.match(pipeline.output.stdout, /^Build pipeline ready on http:\/\/127\.0\.0\.1:\d+\n$/);
  assert.equal(await pipeline.stop(), 0);
  assert.equal(await answers(api), false);
  assert.equal(pipeline.output.stderr, '');
});

test('none outlives the process that started them, even when that is killed', async () => {
  const pipeline = startPipeline({});
  const api = await pipeline.url();
  pipeline.child.kill('SIGKILL');
  await pipeline.exit;
  while (await answers(api)) await sleep(20);
});

test('a port in use is one line and exit 1', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (other.address());
  const { output, exit } = startPipeline({ PORT: String(port) });
  assert.equal(await exit, 1);
  other.close();
  assert.match(output.stderr, /The build pipeline cannot start: .*:\d+ is in use; .*\n$/);
});

test('heartbeats flow and make no spans', async () => {
  const collector = startCollector();
  const collectorUrl = await collector.url();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl };
  const broker = startProcess('broker', { ...env, PORT: '0' });
  const brokerUrl = await broker.url();
  const runner = startProcess('runner', { ...env, BROKER_URL: brokerUrl, HEARTBEAT_MS: '10' });
  /** @param {string} url @returns {Promise<any>} */
  const read = async (url) => (await fetch(url)).json();
  while ((await read(`${brokerUrl}/healthz`)).heartbeats < 20) await sleep(20);
  // Whoever ends sends the spans that it has.
  await runner.stop();
  await broker.stop();
  assert.deepEqual((await read(`${collectorUrl}/api/summaries`)).traces, []);
  await collector.stop();
});

test('without a runner the API says so; the runner may come later, and again', async () => {
  const collector = startCollector();
  const spans = { OTEL_EXPORTER_OTLP_ENDPOINT: await collector.url() };
  const broker = startProcess('broker', { ...spans, PORT: '0' });
  const brokerUrl = await broker.url();
  const api = startProcess('api', { ...spans, PORT: '0', BROKER_URL: brokerUrl });
  const url = await api.url();
  const build = () => fetch(`${url}/api/builds`, { method: 'POST' });
  const refused = await build();
  assert.equal(refused.status, 503);
  assert.deepEqual(await refused.json(), { error: 'the broker: no runner is connected' });

  for (let times = 0; times < 2; times += 1) {
    const runner = startProcess('runner', { ...spans, BROKER_URL: brokerUrl });
    await runner.url();
    assert.equal((await build()).status, 202);
    await runner.stop();
    while ((await build()).status !== 503) await sleep(20);
  }
  await broker.stop();
  assert.match(
    String(/** @type {any} */ (await (await build()).json()).error),
    /cannot be reached/,
  );
  await api.stop();
  await collector.stop();
});
