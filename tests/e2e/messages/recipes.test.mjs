// The examples of docs/messages.md, as they stand there: sockets, event sources, tabs, ports, workers, shadow roots.
import assert from 'node:assert/strict';
import { bundle } from './support/bundle.mjs';
import { inEveryBrowser } from './support/in-page.mjs';

const load = async ({ start, page }, name) => {
  await start();
  await page.evaluate(await bundle(`recipes/${name}`));
};
const named = (spans, start) => spans.find(({ name }) => name.startsWith(start));

inEveryBrowser('examples of messages', {
  'socket.js: the request of a listener is below its message': async (context) => {
    await load(context, 'socket.js');
    const [shown, spans] = await context.run(async () => {
      const { t } = window;
      const native = window.fetch;
      window.fetch = async () => new Response('{"id":7}');
      let socket;
      const showing = new Promise((done) => {
        socket = window.recipe.openOrders(window.U('/echo'), (order) => done(order.id));
      });
      await window.ev(socket, 'open');
      await window.exchange(socket, JSON.stringify({ id: 7, traceparent: window.traceparent(1) }));
      const shown = await showing;
      window.fetch = native;
      await t.flush();
      await window.ended('process orders');
      return [shown, window.spans()];
    });
    assert.equal(shown, 7);
    const message = named(spans, 'process orders');
    assert.equal(message.parentSpanId, '1'.padStart(16, 'a'));
    assert.equal(named(spans, 'GET').parentSpanId, message.spanId);
  },

  'events.js: a named event is a message': async (context) => {
    await load(context, 'events.js');
    const [shown, spans] = await context.run(async () => {
      const data = JSON.stringify({ title: 'news', traceparent: window.traceparent(1) });
      const url = `http://${window.host}/events?event=${encodeURIComponent(`headline ${data}`)}`;
      let source;
      const shown = await new Promise((done) => {
        source = window.recipe.openHeadlines(url, done);
      });
      source.close();
      await window.ended(`process ${window.host}/events`);
      return [shown, window.spans()];
    });
    assert.equal(shown, 'news');
    assert.equal(spans[0].attributes['messaging.system'], 'sse');
    assert.equal(spans[0].parentSpanId, '1'.padStart(16, 'a'));
  },

  'channel.js: what other tabs do with a message is below the span that sent it': async (
    context,
  ) => {
    await load(context, 'channel.js');
    const [shown, spans] = await context.run(async () => {
      // Two ends: a channel does not hear itself.
      let here;
      let there;
      const shown = await new Promise((done) => {
        here = window.recipe.openCart(() => {});
        there = window.recipe.openCart(done);
        here.publish(['book']);
      });
      await window.ended('process cart');
      for (const end of [here, there]) end.close();
      return [shown, window.spans()];
    });
    assert.deepEqual(shown, ['book']);
    const [sent, received] = [named(spans, 'publish cart'), named(spans, 'process cart')];
    assert.deepEqual([sent.kind, received.kind], ['producer', 'consumer']);
    assert.equal(received.parentSpanId, sent.spanId);
    assert.equal(received.traceId, sent.traceId);
  },

  'port.js: question, work and answer are one tree': async (context) => {
    await load(context, 'port.js');
    const [answered, spans] = await context.run(async () => {
      const { answer, ask } = window.recipe;
      const { port1, port2 } = new MessageChannel();
      answer(port2, async ({ question }) => {
        await null;
        return question.length;
      });
      const answered = await new Promise((done) => ask(port1, 'why', done));
      await window.ended('process page');
      for (const port of [port1, port2]) port.close();
      return [answered, window.spans()];
    });
    assert.equal(answered, 3);
    const worked = named(spans, 'process worker');
    assert.equal(worked.parentSpanId, named(spans, 'ask').spanId);
    assert.equal(named(spans, 'process page').parentSpanId, worked.spanId);
  },

  'shadow.js: an update nobody sees from outside is said by the element': async (context) => {
    await load(context, 'shadow.js');
    const [text, spans] = await context.run(async () => {
      customElements.define('order-row', window.recipe.OrderRow);
      const row = document.createElement('order-row');
      document.body.append(row);
      row.receive({ state: 'paid', traceparent: window.traceparent(1) });
      await window.ended('ui.update order');
      return [row.shadowRoot.textContent.trim(), window.spans()];
    });
    assert.equal(text, 'paid');
    const [message, update] = [named(spans, 'process orders'), named(spans, 'ui.update')];
    assert.equal(update.parentSpanId, message.spanId);
    assert.equal(update.attributes['ui.painted'], true);
    assert.equal(spans.length, 2);
  },

  'in a worker: messages have their spans, and no update, since there is no screen': async ({
    open,
    run,
  }) => {
    await open();
    const [answer, spans] = await run(async () => {
      const source = `
        import * as t from '${location.origin}/dist/index.js';
        const result = await t.init({ serviceName: 'worker', endpoint: null });
        onmessage = async (event) => {
          const traceId = t.traceMessage(event, (span) => span.traceId, { destination: 'worker' });
          postMessage([result.ok, traceId, t.bufferedSpans()]);
        };
        postMessage('ready');`;
      const worker = new Worker(
        URL.createObjectURL(new Blob([source], { type: 'text/javascript' })),
        { type: 'module' },
      );
      await window.ev(worker, 'message');
      worker.postMessage({ traceparent: window.traceparent(1) });
      const { data } = await window.ev(worker, 'message');
      worker.terminate();
      return [data.slice(0, 2), data[2]];
    });
    assert.deepEqual(answer, [true, '1'.padStart(32, 'a')]);
    assert.deepEqual(
      spans.map(({ name, parentSpanId }) => [name, parentSpanId]),
      [['process worker', '1'.padStart(16, 'a')]],
    );
  },
});
