// Each fault of the build pipeline is diagnosed: the collector names the span at fault, by what builds before it took.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBuildPipeline, startExampleBackend } from '../../../scripts/start/services.mjs';
import { launch, openPage } from '../harness/browsers.mjs';
import { outline } from '../harness/collector-client.mjs';
import { startWorld } from '../harness/world.mjs';
import { finishedBuild, isOnScreen, startBuild } from './support/build-page.mjs';

const ENV = { STEP_MS: '100', OTEL_BSP_SCHEDULE_DELAY: '100' };

let world;
let browser;

before(async () => {
  world = await startWorld({ pipeline: { env: ENV } });
  browser = await launch('chromium');
  // The history: two builds have six events of a kind, and a mean takes five samples.
  await build(world.demoUrl);
  await build(world.demoUrl);
});

after(async () => {
  await browser?.close();
  await world?.stop();
});

/** Builds on the demo page, and waits until the whole trace is stored. */
async function build(demoUrl) {
  const { page, errors } = await openPage(browser);
  try {
    const traceId = await startBuild({ world: { demoUrl }, page });
    await finishedBuild(page, traceId);
    const ends = ({ name }) => name.includes('.finalizeSession.');
    const spans = await world.traces.waitForSpans(
      traceId,
      (rows) => rows.some(ends) && rows.every(({ orphan }) => !orphan) && isOnScreen(rows),
    );
    assert.deepEqual(errors, []);
    return { traceId, spans };
  } finally {
    await page.close();
  }
}

/** Builds with a fault, in processes of its own that report to the same collector. */
async function buildWith(fault) {
  const pipeline = await startBuildPipeline({
    port: 0,
    database: ':memory:',
    collectorUrl: world.collectorUrl,
    fault,
    env: ENV,
  });
  try {
    const backend = await startExampleBackend({
      port: 0,
      database: ':memory:',
      collectorUrl: world.collectorUrl,
      buildApiUrl: pipeline.url,
      env: { OTEL_BSP_SCHEDULE_DELAY: '100' },
    });
    try {
      const { traceId, spans } = await build(`${backend.url}/`);
      const about = (question) => world.traces.get(`/api/traces/${traceId}/${question}`);
      const { findings } = await about('diagnosis');
      const cause = await about('root-cause');
      const named = (spanIds) =>
        spanIds.map((id) => spans.find(({ spanId }) => spanId === id)).filter(Boolean);
      return { spans, findings, cause, named, path: await about('critical-path') };
    } finally {
      await backend.stop();
    }
  } finally {
    await pipeline.stop();
  }
}

const told = ({ findings, cause, spans }) =>
  JSON.stringify({ findings, cause }, null, 1) + outline(spans);

test('broker-latency: the event that lies in the broker', async () => {
  const result = await buildWith('broker-latency');
  const { cause, named } = result;
  assert.equal(cause.class, 'PERFORMANCE_DEGRADATION', told(result));
  const [first] = named(cause.spanIds);
  assert.equal(first.serviceName, 'broker', told(result));
  assert.match(first.name, /^broker\.forwardEvent\./, told(result));
});

// After the one above, which leaves the database's history as it was.
test('slow-db: the statements of the processor', async () => {
  const result = await buildWith('slow-db');
  const { findings, cause, named } = result;
  const slow = findings.filter(
    ({ kind, severity, serviceName }) =>
      kind === 'slow_operation' && severity === 'warning' && serviceName === 'persistent-processor',
  );
  for (const operation of ['SELECT sessions', 'UPDATE todos']) {
    const { spanIds } = slow.find((finding) => finding.operation === operation) ?? {};
    assert.ok(spanIds, told(result));
    for (const span of named(spanIds)) assert.ok(span.attributes['db.system.name'], told(result));
  }
  assert.equal(cause.class, 'PERFORMANCE_DEGRADATION', told(result));
  assert.equal(named(cause.spanIds)[0].name, 'SELECT sessions', told(result));
});

test('drop-event: the event that the broker did not pass on', async () => {
  const result = await buildWith('drop-event');
  const { spans, findings, cause } = result;
  const lost = spans.filter(
    ({ name, spanId }) =>
      name === 'broker.forwardEvent.todo' &&
      !spans.some(({ parentSpanId }) => parentSpanId === spanId),
  );
  assert.deepEqual(
    [cause.class, cause.spanIds],
    ['MISSING_CONSUMER', [lost[0].spanId]],
    told(result),
  );
  const failed = findings.find(({ kind }) => kind === 'failed_operation');
  assert.match(failed.message, /finalizeSession\.completed .* failed: 1 of 3 steps/, told(result));
});
