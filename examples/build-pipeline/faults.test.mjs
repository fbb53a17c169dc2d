// Each fault as its trace shows it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROKER_LATENCY_MS, SLOW_DB_MS } from './faults.mjs';
import { EVENTS, forwarded, request, runnerBuild, text } from './test/tree.mjs';
import { outline, startPipeline, startWorld, TRACE } from './test/world.mjs';

/** A timer that fires a little early by another clock is still on time. */
const TIMER_MS = 5;

/**
 * @param {string} fault
 * @param {(world: Awaited<ReturnType<typeof startWorld>>) => Promise<void>} look
 */
async function withFault(fault, look) {
  const world = await startWorld({ FAULT: fault });
  try {
    assert.equal((await world.startBuild()).status, 202);
    await look(world);
  } finally {
    await world.stop();
  }
}

const linesOf = (/** @type {string} */ outlined) => outlined.split('\n').length;

test('slow-db: the statements of the processor are long, and nothing else changes', () =>
  withFault('slow-db', async (world) => {
    const expected = text(request());
    const spans = await world.spans(TRACE, linesOf(expected));
    assert.equal(outline(spans), expected);
    const statements = spans.filter((span) => span.attributes['db.system.name']);
    assert.equal(statements.length, expected.match(/client persistent-processor/g)?.length);
    for (const { name, durationMs } of statements) {
      assert.ok(durationMs >= SLOW_DB_MS - TIMER_MS, `${name} took ${durationMs} ms`);
    }
    assert.equal((await world.finishedSession()).status, 'completed');
  }));

test('broker-latency: every event waits in the broker before it is forwarded', () =>
  withFault('broker-latency', async (world) => {
    const expected = text(request());
    const spans = await world.spans(TRACE, linesOf(expected));
    assert.equal(outline(spans), expected);
    const forwards = spans.filter((span) => span.name.startsWith('broker.forwardEvent.'));
    assert.equal(forwards.length, EVENTS.length);
    for (const { name, spanId, offsetMs } of forwards) {
      const call = spans.find((span) => span.parentSpanId === spanId);
      assert.ok(call, `${name} calls the API`);
      const gap = call.offsetMs - offsetMs;
      assert.ok(gap >= BROKER_LATENCY_MS - TIMER_MS, `${name} calls after ${gap} ms`);
    }
    assert.equal((await world.finishedSession()).status, 'completed');
  }));

test('drop-event: one event ends in the broker, and its step never does', () =>
  withFault('drop-event', async (world) => {
    const lost = EVENTS.indexOf('todo', EVENTS.indexOf('todo') + 1);
    const build = runnerBuild((type, index) => {
      const [span, ...below] = forwarded(type);
      return [index === lost ? [span] : [span, ...below]];
    });
    const expected = text(request([build]));
    const spans = await world.spans(TRACE, linesOf(expected));
    assert.equal(outline(spans), expected);
    const session = await world.finishedSession();
    assert.equal(session.status, 'incomplete');
    assert.deepEqual(
      session.todos.map(({ status }) => status),
      ['completed', 'in_progress', 'completed'],
    );
    const failed = spans.filter((span) => span.status.code === 'error');
    assert.deepEqual(
      failed.map(({ name, status }) => [name, status.message]),
      [['persistent-processor.finalizeSession.completed', '1 of 3 steps reported no end']],
    );
  }));

test('no-context: the build is done all the same, in traces of their own', () =>
  withFault('no-context', async (world) => {
    assert.equal((await world.finishedSession()).status, 'completed');
    const [build] = await world.traces('runner', 1);
    const runner = text(runnerBuild(() => []));
    assert.equal(outline(await world.spans(build.traceId, linesOf(runner))), runner);

    const handled = new Map(EVENTS.map((type) => [`broker.forwardEvent.${type}`, type]));
    const traces = await world.traces('broker', EVENTS.length + 1);
    assert.equal(traces.length, EVENTS.length + 1);
    for (const { traceId, rootName } of traces) {
      const type = handled.get(rootName);
      const expected = text(type === undefined ? request([]) : forwarded(type));
      assert.equal(outline(await world.spans(traceId, linesOf(expected))), expected);
    }
    const roots = traces.map(({ rootName }) => rootName.replace('broker.forwardEvent.', ''));
    assert.deepEqual(roots.toSorted(), [...EVENTS, 'POST /api/builds'].toSorted());
  }));

test('a fault that does not exist is one line that says which do', async () => {
  const { output, exit } = startPipeline({ FAULT: 'slow' });
  assert.equal(await exit, 1);
  assert.equal(
    output.stderr,
    'The build pipeline cannot start: the fault "slow" is not one of none, slow-db, broker-latency, drop-event, no-context\n',
  );
});
