// Functions that run the page's function inside a span: withSpan, traceApiCall, traceFlow, traced.
import assert from 'node:assert/strict';

export const functions = {
  'withSpan: returns what fn returns, is active meanwhile, ends then': async ({ start, run }) => {
    await start();
    const [seen, spans] = await run(async () => {
      const { t } = window;
      const object = {};
      const seen = [];
      seen.push(t.withSpan('sync', () => object) === object);
      seen.push(t.withSpan('options', { kind: 'consumer', attributes: { a: 1 } }, () => 3) === 3);
      // biome-ignore lint/suspicious/noThenProperty: only real promises are waited for
      const thenable = { then: (done) => done(1) };
      seen.push(t.withSpan('thenable', () => thenable) === thenable);
      t.withSpan('outer', (outer) => {
        seen.push(t.activeSpan() === outer);
        t.withSpan('inner', (inner) => seen.push(t.activeSpan() === inner));
        seen.push(t.activeSpan() === outer);
      });
      seen.push(t.activeSpan() === undefined);
      let finish;
      const promise = t.withSpan('async', () => new Promise((done) => (finish = done)));
      const names = () => t.bufferedSpans().map(({ name }) => name);
      seen.push(!names().includes('async'));
      finish(9);
      seen.push((await promise) === 9);
      seen.push(names().includes('async'));
      return [seen, t.bufferedSpans()];
    });
    assert.deepEqual(
      seen,
      seen.map(() => true),
    );
    const by = Object.fromEntries(spans.map((span) => [span.name, span]));
    assert.equal(by.inner.parentSpanId, by.outer.spanId);
    assert.equal(by.options.kind, 'consumer');
    assert.deepEqual(by.options.attributes, { a: 1 });
    assert.equal(by.sync.kind, 'internal');
    for (const span of spans) assert.equal(span.status.code, 'unset', span.name);
  },

  'withSpan: the same error comes out, once, and is on the span': async ({
    start,
    run,
    thrown,
  }) => {
    await start();
    const { seen, unhandled, spans } = await run(async () => {
      const { t } = window;
      const seen = [];
      const unhandled = [];
      addEventListener('unhandledrejection', (event) => {
        unhandled.push(event.reason.message);
        event.preventDefault();
      });
      const [sync, later, nobody] = ['sync', 'later', 'nobody'].map((text) => new Error(text));
      try {
        t.withSpan('throws', () => {
          throw sync;
        });
      } catch (error) {
        seen.push(error === sync);
      }
      try {
        await t.withSpan('rejects', async () => {
          throw later;
        });
      } catch (error) {
        seen.push(error === later);
      }
      t.withSpan('nobody listens', () => Promise.reject(nobody));
      try {
        t.withSpan('not an error', () => {
          throw undefined;
        });
      } catch (error) {
        seen.push(error === undefined);
      }
      await new Promise((done) => setTimeout(done, 50));
      return { seen, unhandled, spans: t.bufferedSpans() };
    });
    assert.deepEqual(seen, [true, true, true]);
    assert.deepEqual(unhandled, ['nobody'], 'handled ones stay handled, the other is told once');
    assert.equal(spans.length, 4);
    for (const { name, status, events } of spans) {
      assert.equal(status.code, 'error', name);
      assert.equal(events.length, 1, name);
    }
    assert.equal(spans[0].status.message, 'sync');
    thrown();
  },

  'traceApiCall: kind client, whatever the options say': async ({ start, run }) => {
    await start();
    const spans = await run(() => {
      const { t } = window;
      t.traceApiCall('plain', () => 1);
      t.traceApiCall('options', { kind: 'internal', attributes: { a: 1 } }, (span) => span.setOk());
      return t.bufferedSpans();
    });
    assert.deepEqual(
      spans.map(({ name, kind, attributes }) => [name, kind, attributes]),
      [
        ['plain', 'client', {}],
        ['options', 'client', { a: 1 }],
      ],
    );
  },

  'traceFlow: name, id and attributes on every span below': async ({ start, run }) => {
    await start();
    const spans = await run(async () => {
      const { t } = window;
      await t.traceFlow('checkout', { attributes: { cart: 3 } }, async (flow) => {
        t.startSpan('sync below').end();
        const below = t.startSpan('below', { attributes: { cart: 4, own: true } });
        await null;
        below.child('grandchild').end();
        flow.child('child', { links: [] }).end();
        below.end();
        flow.run(() => t.traceFlow('payment', (inner) => inner.child('in payment').end()));
        t.startSpan('outside').end();
      });
      return t.bufferedSpans();
    });
    const by = Object.fromEntries(spans.map((span) => [span.name, span]));
    const flow = by.checkout.attributes;
    assert.equal(flow['flow.name'], 'checkout');
    assert.ok(flow['flow.id'].length >= 16);
    assert.equal(flow.cart, 3);
    for (const name of ['sync below', 'grandchild', 'child'])
      assert.deepEqual(by[name].attributes, flow, name);
    assert.deepEqual(by.below.attributes, { ...flow, cart: 4, own: true });
    assert.deepEqual(by.outside.attributes, {});
    const inner = by.payment.attributes;
    assert.equal(inner['flow.name'], 'payment');
    assert.notEqual(inner['flow.id'], flow['flow.id']);
    assert.deepEqual(by['in payment'].attributes, inner);
    assert.equal(by.payment.parentSpanId, by.checkout.spanId);
  },

  'traced: a function and a method decorator': async ({ start, run }) => {
    await start();
    const [seen, spans] = await run(async () => {
      const { t } = window;
      const add = t.traced('add', (a, b) => a + b);
      class Cart {
        items = 2;
        count(more) {
          return this.items + more;
        }
        async save() {
          throw new Error('full');
        }
      }
      // What a compiler makes of @traced('count').
      const context = { kind: 'method', name: 'count' };
      Cart.prototype.count = t.traced('count')(Cart.prototype.count, context);
      Cart.prototype.save = t.traced('save')(Cart.prototype.save, context);
      const cart = new Cart();
      const failed = await cart.save().catch((error) => error.message);
      return [[add(1, 2), cart.count(5), failed], t.bufferedSpans()];
    });
    assert.deepEqual(seen, [3, 7, 'full']);
    assert.deepEqual(
      spans.map(({ name, status }) => [name, status.code]),
      [
        ['save', 'error'],
        ['add', 'unset'],
        ['count', 'unset'],
      ],
    );
  },

  'the socket of the entry that does nothing is the native one': async ({ open, run }) => {
    await open({ entry: 'noop' });
    const seen = await run(() => {
      const { tracedWebSocket } = window.t;
      class Own extends tracedWebSocket {
        own = true;
      }
      const url = 'ws://127.0.0.1:9/';
      const sockets = [new tracedWebSocket(url), tracedWebSocket(url, 'x'), new Own(url)];
      for (const socket of sockets) socket.close();
      return [
        tracedWebSocket.OPEN,
        sockets.map((socket) => [socket instanceof WebSocket, socket.url]),
        sockets[2].own,
      ];
    });
    const native = [true, 'ws://127.0.0.1:9/'];
    assert.deepEqual(seen, [1, [native, native, native], true]);
  },
};
