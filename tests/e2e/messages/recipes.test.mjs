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
      const shown = [];
      const socket = window.recipe.openOrders(window.U('/echo'), (order) => shown.push(order.id));
      await window.ev(socket, 'open');
      await window.exchange(socket, JSON.stringify({ id: 7, traceparent: window.traceparent(1) }));
      window.fetch = native;
      await t.flush();
      await window.ended('process orders');
      return [shown, window.spans()];
    });
    assert.deepEqual(shown, [7]);
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

  'port.js: question, work and answer are one tree, and work that fails is an error': async (
    context,
  ) => {
    await load(context, 'port.js');
    const [answered, reason, spans] = await context.run(async () => {
      const { answer, ask } = window.recipe;
      const { port1, port2 } = new MessageChannel();
      answer(port2, async ({ question }) => {
        await null;
        if (!question) throw new RangeError('no question');
        return question.length;
      });
      const answered = await new Promise((done) => ask(port1, 'why', done));
      // An error passes as it is, to whoever hears of unhandled rejections.
      const reason = new Promise((done) =>
        addEventListener('unhandledrejection', (event) => {
          event.preventDefault();
          done(event.reason.message);
        }),
      );
      ask(port1, '', () => {});
      await reason;
      await window.ended('process page');
      await window.ended('process worker', 2);
      for (const port of [port1, port2]) port.close();
      return [answered, await reason, window.spans()];
    });
    context.thrown();
    assert.equal(answered, 3);
    assert.equal(reason, 'no question');
    const [asked, askedAgain] = spans.filter(({ name }) => name === 'ask');
    const [worked, failed] = spans.filter(({ name }) => name === 'process worker');
    assert.equal(worked.parentSpanId, asked.spanId);
    assert.equal(named(spans, 'process page').parentSpanId, worked.spanId);
    assert.equal(failed.parentSpanId, askedAgain.spanId);
    assert.deepEqual(failed.status, { code: 'error', message: 'no question' });
    assert.equal(failed.attributes['error.type'], 'RangeError');
    assert.equal(worked.status.code, 'unset');
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
