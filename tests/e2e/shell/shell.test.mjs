// The TypeScript shell in Chromium and Firefox, and what Node gets. One file, so that each browser starts once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asyncContext } from './async-context.mjs';
import { buffer } from './buffer.mjs';
import { clocks } from './clocks.mjs';
import { config } from './config.mjs';
import { contexts } from './contexts.mjs';
import { delivery } from './delivery.mjs';
import { documented } from './documented.mjs';
import { exit } from './exit.mjs';
import { failures } from './failures.mjs';
import { flows } from './flows.mjs';
import { functions } from './functions.mjs';
import { hostile } from './hostile.mjs';
import { kept } from './kept.mjs';
import { leaks } from './leaks.mjs';
import { sampling } from './sampling.mjs';
import { spans } from './spans.mjs';
import { starting } from './starting.mjs';
import { states } from './states.mjs';
import { inEveryBrowser } from './support/in-page.mjs';
import { values } from './values.mjs';

const REMOTE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

test('in Node everything is there, does nothing and says server', async () => {
  const t = await import('tracelink');
  assert.deepEqual(await t.init({ serviceName: 'node' }), { ok: false, reason: 'server' });
  const span = t.startSpan('a');
  assert.equal(span.setAttribute('a', 1).setOk().child('b').sampled, false);
  assert.equal(
    t.withSpan('a', (inner) => inner.traceId.length),
    32,
  );
  assert.equal(
    t.traceApiCall('a', {}, () => 2),
    2,
  );
  assert.equal(t.extractMessageContext({ traceparent: REMOTE }), null);
  assert.deepEqual(t.bufferedSpans(), []);
  assert.deepEqual(await t.flush(), { delivered: 0, pending: 0, persisted: 0, dropped: 0 });
  assert.equal(t.stats().started, 0);
  await t.shutdown();
});

test('in Node a traced socket is what WebSocket is there, when it is called', async () => {
  const { tracedWebSocket } = await import('tracelink');
  class Own extends tracedWebSocket {}
  assert.equal(typeof Own, 'function');
  const native = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket');
  globalThis.WebSocket = class {
    constructor(url) {
      this.url = url;
    }
  };
  try {
    for (const socket of [new tracedWebSocket('ws://a'), tracedWebSocket('ws://a')])
      assert.deepEqual([socket instanceof WebSocket, socket.url], [true, 'ws://a']);
  } finally {
    delete globalThis.WebSocket;
    if (native) Object.defineProperty(globalThis, 'WebSocket', native);
  }
});

inEveryBrowser(
  {
    states,
    starting,
    config,
    spans,
    contexts,
    functions,
    asyncContext,
    flows,
    kept,
    sampling,
    documented,
    values,
    hostile,
    buffer,
    clocks,
    leaks,
  },
  { delivery, failures, exit },
);
