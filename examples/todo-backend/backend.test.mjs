// The backend's part of the tree: server, database and broadcast spans, and what updates carry.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { context, SpanKind } from '@opentelemetry/api';
import { hrTimeToMilliseconds, suppressTracing } from '@opentelemetry/core';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import WebSocket from 'ws';
import { preciseNow } from '../shared/precise-start.mjs';
import { startTelemetry } from '../shared/telemetry.mjs';
import { startBackend } from './app.mjs';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PAGE_SPAN = 'b7ad6b7169203331';
const exporter = new InMemorySpanExporter();
const telemetry = startTelemetry({
  serviceName: 'todo-backend',
  environment: 'test',
  spanProcessors: [new SimpleSpanProcessor(exporter)],
});

/** @type {string} */
let root;
/** @type {Awaited<ReturnType<typeof startBackend>>} */
let backend;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'todo-backend-'));
  await mkdir(join(root, 'demo'));
  await mkdir(join(root, 'assets'));
  await writeFile(join(root, 'demo', 'index.html'), '<!doctype html><html><head></head></html>');
  await writeFile(join(root, 'assets', 'demo-1.js'), 'export {};');
  await writeFile(join(root, 'secret.js'), 'secret');
  backend = await startBackend({
    port: 0,
    host: '127.0.0.1',
    databaseFile: join(root, 'test.db'),
    pageRoot: root,
    collector: 'http://127.0.0.1:1',
    environment: 'test',
  });
});

after(async () => {
  await backend.close();
  await telemetry.shutdown();
  await rm(root, { recursive: true });
});

beforeEach(() => exporter.reset());

const socketUrl = () => `${backend.url.replace('http', 'ws')}/ws`;

/** A page: a socket, and the updates of the messages that it gets. */
async function openPage() {
  // The page's request for a socket is not this backend's to trace.
  const socket = context.with(suppressTracing(context.active()), () => new WebSocket(socketUrl()));
  /** @type {any[][]} */
  const batches = [];
  /** @type {(() => void)[]} */
  const waiting = [];
  socket.on('message', (data) => {
    batches.push(JSON.parse(String(data)).updates);
    waiting.shift()?.();
  });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  return {
    batches,
    /** @returns {Promise<any[]>} */
    next: async () => {
      if (batches.length === 0) await new Promise((resolve) => waiting.push(() => resolve(null)));
      return batches.shift() ?? [];
    },
    close: () => socket.close(),
  };
}

/**
 * @param {string} path
 * @param {unknown} body
 * @param {Record<string, string>} [headers]
 */
const post = (path, body, headers = {}) =>
  fetch(backend.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/**
 * @param {Response} response
 * @returns {Promise<any>}
 */
const json = (response) => response.json();

const traced = (flags = '01') => ({ traceparent: `00-${TRACE}-${PAGE_SPAN}-${flags}` });

const names = () => exporter.getFinishedSpans().map((span) => span.name);

/**
 * The tree of the finished spans as indented lines, children in order of start.
 * @returns {string[]}
 */
function tree(parentId = PAGE_SPAN, depth = 0) {
  return exporter
    .getFinishedSpans()
    .filter((span) => (span.parentSpanContext?.spanId ?? '') === parentId)
    .sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1])
    .flatMap((span) => [
      `${'  '.repeat(depth)}${SpanKind[span.kind]} ${span.name}`,
      ...tree(span.spanContext().spanId, depth + 1),
    ]);
}

test('a to-do added is one tree, and the update carries its broadcast span', async () => {
  const page = await openPage();
  const response = await post('/api/todos', { title: ' Buy milk ' }, traced());
  assert.equal(response.status, 201);
  const { todo } = await json(response);
  assert.equal(todo.title, 'Buy milk');

  const [update, ...more] = await page.next();
  page.close();
  assert.deepEqual(more, []);
  assert.equal(update.type, 'todo.added');
  assert.deepEqual(update.data.todo, todo);
  assert.equal(typeof update.timestamp, 'number');

  assert.deepEqual(tree(), [
    'SERVER POST /api/todos',
    '  CLIENT INSERT todos',
    '  CLIENT SELECT todos',
    '  PRODUCER send todos',
  ]);
  const spans = exporter.getFinishedSpans();
  assert.ok(spans.every((span) => span.spanContext().traceId === TRACE));
  const insert = spans.find((span) => span.name === 'INSERT todos');
  assert.equal(insert?.attributes['db.system.name'], 'sqlite');
  assert.equal(insert?.attributes['db.namespace'], 'test.db');
  assert.equal(insert?.attributes['db.operation.name'], 'INSERT');
  assert.equal(insert?.attributes['db.collection.name'], 'todos');
  assert.match(String(insert?.attributes['db.query.text']), /^INSERT INTO todos .*\?/);

  const send = spans.find((span) => span.kind === SpanKind.PRODUCER);
  const spanId = send?.spanContext().spanId;
  assert.equal(update.traceparent, `00-${TRACE}-${spanId}-01`);
  assert.equal(update._sentry.trace, `${TRACE}-${spanId}-1`);
  const baggage = `sentry-trace_id=${TRACE},sentry-sampled=true,sentry-environment=test`;
  assert.equal(update.baggage, baggage);
  assert.equal(update._sentry.baggage, baggage);
  assert.equal('tracestate' in update, false);
});

test('spans start when they start, not at the millisecond before', async () => {
  for (let i = 0; i < 5; i += 1) {
    const sentAt = preciseNow();
    const finished = (/** @type {string} */ name) =>
      exporter.getFinishedSpans().filter((found) => found.name === name);
    const before = finished('send todos').length;
    await post('/api/todos', { title: 'x' }, traced());
    // The broadcast comes later, and on a busy machine much later.
    while (finished('send todos').length === before)
      await new Promise((resolve) => setTimeout(resolve, 5));
    const byName = (/** @type {string} */ name) => {
      const span = finished(name).at(-1);
      assert.ok(span, name);
      return {
        start: hrTimeToMilliseconds(span.startTime),
        end: hrTimeToMilliseconds(span.endTime),
      };
    };
    const [server, insert, select, send] = [
      'POST /api/todos',
      'INSERT todos',
      'SELECT todos',
      'send todos',
    ].map(byName);
    assert.ok(server.start >= sentAt, `${server.start} is before ${sentAt}`);
    assert.ok(insert.start > server.start);
    assert.ok(select.start >= insert.end);
    assert.ok(send.start >= select.end);
    assert.ok(send.end >= send.start);
    assert.ok(Math.abs(preciseNow() - Date.now()) < 2);
  }
});

test('updates of one batch each carry a span of their own', async () => {
  await post('/api/todos/complete', '');
  await post('/api/todos', { title: 'one' });
  await post('/api/todos', { title: 'two' });
  await new Promise((resolve) => setTimeout(resolve, 60));
  exporter.reset();
  const page = await openPage();
  const response = await post('/api/todos/complete', '', traced());
  assert.deepEqual(await response.json(), { completed: 2 });
  const batch = await page.next();
  page.close();
  assert.equal(batch.length, 2);
  assert.deepEqual(tree(), [
    'SERVER POST /api/todos/complete',
    '  CLIENT UPDATE todos',
    '  PRODUCER send todos',
    '  PRODUCER send todos',
  ]);
  const sent = exporter.getFinishedSpans().filter((span) => span.kind === SpanKind.PRODUCER);
  assert.deepEqual(
    batch.map((update) => update.traceparent.slice(36, 52)),
    sent.map((span) => span.spanContext().spanId),
  );
  assert.equal(sent[0].attributes['messaging.batch.message_count'], 2);
});

test("Sentry's context and tracestate pass through, a user's baggage does not", async () => {
  const page = await openPage();
  const sentry = `sentry-trace_id=${TRACE},sentry-sampled=true,sentry-release=shop%401`;
  await post(
    '/api/todos',
    { title: 'x' },
    {
      ...traced(),
      tracestate: 'vendor=1',
      baggage: `user.id=42,${sentry}`,
    },
  );
  const [update] = await page.next();
  page.close();
  assert.equal(update.tracestate, 'vendor=1');
  assert.equal(update.baggage, sentry);
});

test('an unsampled request records nothing and says so in the update', async () => {
  const page = await openPage();
  await post('/api/todos', { title: 'x' }, traced('00'));
  const [update] = await page.next();
  page.close();
  assert.match(update.traceparent, new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
  assert.match(update._sentry.trace, new RegExp(`^${TRACE}-[0-9a-f]{16}-0$`));
  assert.match(update.baggage, /sentry-sampled=false/);
  assert.deepEqual(names(), []);
});

test('the page names the span of the request that served it', async () => {
  const response = await fetch(backend.url);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  const html = await response.text();
  const [span] = exporter.getFinishedSpans();
  assert.equal(span.name, 'GET /');
  const { traceId, spanId } = span.spanContext();
  assert.ok(html.includes(`<meta name="traceparent" content="00-${traceId}-${spanId}-01">`), html);
  assert.ok(html.includes('<meta name="tracelink-endpoint" content="http://127.0.0.1:1">'), html);
});

test('files and health checks make no spans, and files outside the build are not served', async () => {
  const asset = await fetch(`${backend.url}/assets/demo-1.js`);
  assert.equal(asset.headers.get('content-type'), 'text/javascript; charset=utf-8');
  assert.equal((await fetch(`${backend.url}/healthz`)).status, 200);
  assert.equal((await fetch(`${backend.url}/assets/..%2fsecret.js`)).status, 404);
  assert.equal((await fetch(`${backend.url}/secret.js`)).status, 404);
  assert.deepEqual(names(), []);
});

test('requests that make no sense are refused with a reason, and change nothing', async () => {
  const before = (await json(await fetch(`${backend.url}/api/todos`))).todos.length;
  const cases = [
    [400, await post('/api/todos', '{')],
    [400, await post('/api/todos', '[]')],
    [400, await post('/api/todos', {})],
    [400, await post('/api/todos', { title: '  ' })],
    [400, await post('/api/todos', { title: 'x'.repeat(201) })],
    [413, await post('/api/todos', { title: 'x'.repeat(300_000) })],
    [415, await post('/api/todos', '{"title":"x"}', { 'content-type': 'text/plain' })],
    [404, await fetch(`${backend.url}/nothing`)],
    [404, await fetch(`${backend.url}/constructor`)],
    [405, await fetch(`${backend.url}/api/todos`, { method: 'DELETE' })],
  ];
  for (const [status, response] of /** @type {[number, Response][]} */ (cases)) {
    assert.equal(response.status, status, response.url);
    assert.equal(typeof (await json(response)).error, 'string');
  }
  const after = (await json(await fetch(`${backend.url}/api/todos`))).todos.length;
  assert.equal(after, before);
});

test("another site's page cannot open the socket", async () => {
  const socket = new WebSocket(socketUrl(), {
    origin: 'https://elsewhere.example',
  });
  const [error] = await new Promise((resolve) => {
    socket.on('error', (...args) => resolve(args));
    socket.on('open', () => resolve([new Error('opened')]));
  });
  assert.match(error.message, /401/);
});
