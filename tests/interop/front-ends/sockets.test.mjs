// Libraries that are given a constructor of sockets: graphql-ws, reconnecting-websocket and Socket.IO, with their own servers.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { eventually, inEveryBrowser, someContext } from './harness/scenarios.mjs';
import { startSocketServers } from './harness/socket-servers.mjs';

let servers;
before(async () => {
  servers = await startSocketServers();
});
after(() => servers?.stop());

const openPage = ({ open }) => open({ graphql: servers.graphql, socketIo: servers.socketIo });

/** Waits until the page has heard as much, and gives it. */
async function heard({ until, run }, count) {
  await until((least) => window.heard.length >= least, count);
  return run(() => window.heard);
}

/** The span of a message is in the trace that came with it. */
async function hasSpan({ traces, run }, { traceId, spanId }, name) {
  await run(() => window.flush());
  const [span] = await traces.waitForSpans(traceId, (rows) => rows.length > 0);
  assert.match(span.name, name);
  assert.equal(span.parentSpanId, spanId);
}

const order = (id) => ({ id, state: 'paid' });

inEveryBrowser('sockets.js', {
  'graphql-ws: a subscription, its results and their spans': async (context) => {
    const { run, errors } = context;
    await openPage(context);
    await run(() => window.graphql());
    const cause = someContext();
    await eventually('subscribed', () => servers.waiting.length === 1);
    servers.sendGraphql(order('a'), cause.carrier);
    await eventually('subscribed again', () => servers.waiting.length === 1);
    servers.sendGraphql(order('b'));
    await eventually('subscribed again', () => servers.waiting.length === 1);
    servers.sendGraphql(undefined);
    const seen = await heard(context, 3);
    assert.deepEqual(
      seen.map(({ what, value }) => [what, value?.id]),
      [
        ['order', 'a'],
        ['order', 'b'],
        ['complete', undefined],
      ],
    );
    await hasSpan(context, cause, /^process 127/);
    await run(() => window.close());
    assert.deepEqual(errors, []);
  },

  'reconnecting-websocket: messages before and after a connection was lost': async (context) => {
    const { site, run, errors } = context;
    await openPage(context);
    await run(() => window.reconnecting());
    const [before, after] = [someContext(), someContext()];
    await heard(context, 1);
    site.send({ ...order('a'), ...before.carrier });
    await heard(context, 2);
    for (const socket of site.sockets) socket.terminate();
    await heard(context, 4);
    site.send({ ...order('b'), ...after.carrier });
    const seen = await heard(context, 5);
    assert.deepEqual(
      seen.map(({ what }) => what),
      ['open', 'order', 'close', 'open', 'order'],
    );
    assert.deepEqual([seen[1].traceId, seen[4].traceId], [before.traceId, after.traceId]);
    for (const cause of [before, after]) await hasSpan(context, cause, /\/updates$/);
    await run(() => window.close());
    await eventually('no socket', () => site.sockets.size === 0);
    assert.deepEqual(errors, []);
  },

  'Socket.IO: events, answers and the end, with a plain traced socket': async (context) => {
    const { run, errors } = context;
    await openPage(context);
    await run(() => window.socketIo(false));
    await heard(context, 1);
    assert.deepEqual(await servers.emit('order', order('a')), ['got a']);
    await run(() => window.close());
    const seen = await heard(context, 3);
    assert.deepEqual(
      seen.map(({ what, value }) => [what, value?.id ?? value]),
      [
        ['connect', undefined],
        ['order', 'a'],
        ['disconnect', 'io client disconnect'],
      ],
    );
    await eventually('no client', () => servers.connected() === 0);
    assert.deepEqual(errors, []);
  },

  'Socket.IO: told where the context is, events have their spans': async (context) => {
    const { run, errors } = context;
    await openPage(context);
    await run(() => window.socketIo(true));
    await heard(context, 1);
    const cause = someContext();
    assert.deepEqual(await servers.emit('order', { ...order('a'), ...cause.carrier }), ['got a']);
    await hasSpan(context, cause, /^process 127.*socket\.io/);
    const { started } = await run(() => window.stats());
    await servers.emit('order', order('b'));
    assert.equal(await run(() => window.stats().started), started, 'no context, no span');
    await run(() => window.close());
    await eventually('no client', () => servers.connected() === 0);
    assert.deepEqual(errors, []);
  },
});
