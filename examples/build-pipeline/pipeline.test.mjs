// The four processes, end to end: one build is one tree, and who may ask for one.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { request, text } from './test/tree.mjs';
import { outline, startWorld, TRACE } from './test/world.mjs';

/** @type {Awaited<ReturnType<typeof startWorld>>} */
let world;
before(async () => {
  world = await startWorld();
});
after(() => world.stop());

test('a build is one tree of spans, and its updates carry their context', async () => {
  const socket = new WebSocket(`${world.api.replace('http', 'ws')}/ws`);
  /** @type {any[]} */
  const updates = [];
  socket.on('message', (data) => updates.push(...JSON.parse(String(data)).updates));
  await once(socket, 'open');
  const response = await world.startBuild();
  assert.equal(response.status, 202);
  const { buildId } = /** @type {any} */ (await response.json());
  while (updates.at(-1)?.type !== 'build-completed') await once(socket, 'message');
  socket.close();

  const expected = text(request());
  const spans = await world.spans(TRACE, expected.split('\n').length);
  assert.equal(outline(spans), expected);
  for (const { name, status } of spans) assert.notEqual(status.code, 'error', name);

  const sent = spans.filter((span) => span.name === 'send builds').map((span) => span.spanId);
  assert.deepEqual(
    updates.map((update) => update.traceparent),
    sent.map((spanId) => `00-${TRACE}-${spanId}-01`),
  );
  assert.deepEqual(
    updates.map((update) => update._sentry.trace),
    sent.map((spanId) => `${TRACE}-${spanId}-1`),
  );
  const { session } = updates.at(-1).data;
  assert.equal(session.id, buildId);
  assert.equal(session.status, 'completed');
  assert.equal(session.traceId, TRACE);
  const { todos } = session;
  assert.deepEqual(
    todos.map((/** @type {any} */ todo) => [todo.title, todo.status, todo.command]),
    [
      ['Install packages', 'completed', 'npm ci'],
      ['Run tests', 'completed', 'node --test'],
      ['Bundle', 'completed', 'vite build'],
    ],
  );
  assert.deepEqual(await world.finishedSession(), session, 'the database holds what was broadcast');
});

test('spans say whose build they are of, and what a message is', async () => {
  const spans = await world.spans(TRACE, 1);
  const build = spans.find((span) => span.name === 'runner.build');
  assert.equal(build?.attributes['messaging.system'], 'websocket');
  assert.equal(build?.attributes['messaging.operation.type'], 'process');
  for (const span of spans.filter(({ name }) => /^(runner|broker|api|persistent)/.test(name))) {
    assert.equal(span.attributes['build.id'], build?.attributes['build.id'], span.name);
  }
});

test("another site's page may neither call the API nor listen", async () => {
  const headers = { origin: 'https://elsewhere.example' };
  const started = await fetch(`${world.api}/api/builds`, { method: 'POST', headers });
  assert.equal(started.status, 403);
  assert.equal(started.headers.get('access-control-allow-origin'), null);
  const socket = new WebSocket(`${world.api.replace('http', 'ws')}/ws`, { headers });
  const [error] = await once(socket, 'error');
  assert.match(error.message, /401/);
  const ours = await fetch(`${world.api}/api/builds`, {
    method: 'OPTIONS',
    headers: { origin: 'http://localhost:3000' },
  });
  assert.equal(ours.headers.get('access-control-allow-origin'), 'http://localhost:3000');
  assert.match(ours.headers.get('access-control-allow-headers') ?? '', /traceparent.*sentry-trace/);
});

test('events that make no sense are refused with a reason', async () => {
  for (const [status, event] of /** @type {[number, unknown][]} */ ([
    [400, undefined],
    [400, { type: 'nonsense', buildId: 'x' }],
    [400, { type: 'todo' }],
    [502, { type: 'todo', buildId: 'x', position: 0, status: 'completed' }],
  ])) {
    const response = await fetch(`${world.api}/api/runner/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ event }),
    });
    assert.equal(response.status, status, JSON.stringify(event));
    assert.equal(typeof (/** @type {any} */ (await response.json()).error), 'string');
  }
});
