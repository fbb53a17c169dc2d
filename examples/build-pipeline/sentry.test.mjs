// The same pipeline with Sentry's SDK: its envelopes make the same tree, and its faults show as they do otherwise.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bySentry, request, text } from './test/tree.mjs';
import { outline, startPipeline, startWorld, TRACE } from './test/world.mjs';

test("a build is one tree of Sentry's spans, whose parts carry what the SDK says of them", async () => {
  const world = await startWorld({}, ['--sdk', 'sentry']);
  try {
    assert.equal((await world.startBuild()).status, 202);
    const expected = bySentry(text(request()));
    const spans = await world.spans(TRACE, expected.split('\n').length);
    assert.equal(outline(spans), expected);
    for (const { name, attributes, status } of spans) {
      assert.equal(attributes['sentry.sdk.name'], 'sentry.javascript.node', name);
      assert.equal(attributes['sentry.environment'], 'development', name);
      assert.equal(status.code, 'ok', name);
    }
    const { attributes } = spans.find(({ name }) => name === 'POST /api/builds') ?? {};
    assert.equal(attributes?.['http.route'], '/api/builds');
    const statement = spans.find(({ name }) => name === 'INSERT todos');
    assert.match(statement?.attributes['db.query.text'], /^INSERT INTO todos/);
    assert.equal((await world.finishedSession()).status, 'completed');
    assert.equal(world.pipeline.output.stderr, '');
  } finally {
    await world.stop();
  }
});

test('a step whose end was lost fails the span that noticed', async () => {
  const world = await startWorld({ SDK: 'sentry', FAULT: 'drop-event' });
  try {
    await world.startBuild();
    assert.equal((await world.finishedSession()).status, 'incomplete');
    const whole = text(request()).split('\n').length;
    const [lost] = text(request()).split('broker.forwardEvent.todo').slice(1);
    const below = lost.slice(0, lost.indexOf('runner.sendEvent')).trim().split('\n').length - 1;
    const spans = await world.spans(TRACE, whole - below);
    assert.deepEqual(
      spans
        .filter(({ status }) => status.code === 'error')
        .map(({ name, status }) => [name, status.message]),
      [['persistent-processor.finalizeSession.completed', '1 of 3 steps reported no end']],
    );
  } finally {
    await world.stop();
  }
});

test('an SDK that does not exist is one line that says which do', async () => {
  const { output, exit } = startPipeline({}, ['--sdk', 'zipkin']);
  assert.equal(await exit, 1);
  assert.equal(
    output.stderr,
    'The build pipeline cannot start: the SDK "zipkin" is not one of opentelemetry, sentry\n',
  );
});
