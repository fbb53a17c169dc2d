// Traced sockets: what tracing from later on means, and errors on spans. That they are sockets in every case: ../transparency.
import assert from 'node:assert/strict';
import { inEveryBrowser } from './support/in-page.mjs';

inEveryBrowser('traced sockets', {
  'the class looks like the native one, with and without new': async ({ open, run }) => {
    await open();
    const seen = await run(async () => {
      const { t } = window;
      const W = t.tracedWebSocket;
      const [made, called] = [new W(window.U('/echo')), W(window.U('/echo'))];
      class Own extends W {
        constructor(url) {
          super(url);
          this.onmessage = () => {};
        }
      }
      const own = new Own(window.U('/echo'));
      const seen = [
        made instanceof WebSocket,
        called instanceof W,
        Object.getPrototypeOf(called) === WebSocket.prototype,
        Object.keys(made).length === 0,
        W.name === 'WebSocket' && W.length === WebSocket.length,
        W.prototype === WebSocket.prototype,
        Object.getPrototypeOf(W) === Object.getPrototypeOf(WebSocket),
        JSON.stringify(Object.getOwnPropertyNames(W).sort()) ===
          JSON.stringify(Object.getOwnPropertyNames(WebSocket).sort()),
        own instanceof Own && typeof own.onmessage === 'function',
        window.th(() => new W()) === window.th(() => new WebSocket()),
      ];
      for (const socket of [made, called, own]) socket.close();
      return seen;
    });
    assert.deepEqual(
      seen,
      seen.map(() => true),
    );
  },

  'a WebSocket that the page puts in its place later is the one that is made': async (context) => {
    const { open, run } = context;
    await open();
    const seen = await run(() => {
      const Real = window.WebSocket;
      void window.t.tracedWebSocket.CONNECTING;
      window.WebSocket = class Double extends Real {
        isDouble() {
          return true;
        }
      };
      const made = [
        new window.t.tracedWebSocket(window.U('/echo')),
        window.t.tracedWebSocket(window.U('/echo')),
      ];
      window.WebSocket = Real;
      for (const socket of made) socket.close();
      return made.map((socket) => socket.isDouble?.() && socket instanceof Real);
    });
    assert.deepEqual(seen, [true, true]);
  },

  'listeners: identity, once, removal, capture and order, as natively': async ({ start, run }) => {
    await start();
    const [native, ...traced] = await run(async () => {
      const { t } = window;
      const observe = async (wrap) => {
        const seen = [];
        const socket = wrap(new WebSocket(window.U('/echo')));
        await window.ev(socket, 'open');
        const say = (text) => () => seen.push(text);
        const [twice, gone, both, captured, once] = [
          'twice',
          'gone',
          'both',
          'captured',
          'once',
        ].map(say);
        const object = { text: 'object', handleEvent: () => seen.push('replaced') };
        socket.addEventListener('message', twice);
        socket.addEventListener('message', twice, { passive: true });
        socket.addEventListener('message', gone);
        socket.removeEventListener('message', gone);
        socket.addEventListener('message', both);
        socket.addEventListener('message', both, true);
        socket.removeEventListener('message', both);
        socket.addEventListener('message', captured, { capture: true });
        socket.addEventListener('message', once, { once: true });
        socket.addEventListener('message', object);
        object.handleEvent = function () {
          seen.push(this.text);
        };
        socket.addEventListener('message', null);
        const handler = () => seen.push('on');
        socket.onmessage = handler;
        seen.push(socket.onmessage === handler);
        socket.addEventListener('message', () => seen.push('last'));
        socket.onmessage = say('on again');
        for (const text of ['1', '2']) {
          await window.exchange(socket, text);
          seen.push('|');
        }
        socket.onmessage = null;
        socket.addEventListener('message', once, { once: true });
        socket.removeEventListener('message', object);
        socket.removeEventListener('message', captured);
        socket.removeEventListener('message', captured, true);
        seen.push(socket.onmessage);
        await window.exchange(socket, '3');
        for (const wrong of [5, 'text', true])
          seen.push(window.th(() => socket.addEventListener('message', wrong)));
        seen.push(window.th(() => socket.addEventListener('message')));
        seen.push(window.th(() => socket.addEventListener()));
        socket.close();
        return seen;
      };
      return [
        await observe((socket) => socket),
        await observe((socket) => t.traceWebSocket(socket)),
        await observe((socket) => t.traceWebSocket(socket, { untraced: true })),
        await observe(() => new t.tracedWebSocket(window.U('/echo'))),
      ];
    });
    assert.ok(native.includes('on again') && native.includes('object'), JSON.stringify(native));
    for (const seen of traced) assert.deepEqual(seen, native);
  },

  'listeners from before tracing are called once and can be removed': async ({ start, run }) => {
    await start();
    const seen = await run(async () => {
      const { t } = window;
      const seen = [];
      const socket = new WebSocket(window.U('/echo'));
      await window.ev(socket, 'open');
      const early = () => seen.push(t.activeSpan() ? 'early traced' : 'early');
      socket.addEventListener('message', early);
      socket.onmessage = () => seen.push('on');
      t.traceWebSocket(socket, { untraced: true });
      seen.push(typeof socket.onmessage);
      await window.exchange(socket, '1');
      socket.addEventListener('message', early);
      await window.exchange(socket, '2');
      socket.removeEventListener('message', early);
      socket.onmessage = null;
      await window.exchange(socket, '3');
      return seen;
    });
    assert.deepEqual(seen, ['function', 'early', 'on', 'on', 'early traced']);
  },

  'an uncaught error is reported as natively, and is on the span': async ({
    start,
    run,
    thrown,
  }) => {
    await start();
    const [native, traced, spans] = await run(async () => {
      const { t } = window;
      const reports = [];
      addEventListener('error', (event) => {
        const { message, filename, lineno, colno, error } = event;
        reports.push([message, filename, lineno, colno, error === window.boom]);
        event.preventDefault();
      });
      window.boom = new RangeError('boom');
      const script = document.createElement('script');
      script.textContent = 'window.fail = () => {\n  throw window.boom;\n};';
      document.head.append(script);
      const observe = async (wrap) => {
        const socket = wrap(new WebSocket(window.U('/echo')));
        await window.ev(socket, 'open');
        const ran = [];
        socket.addEventListener('message', window.fail);
        socket.addEventListener('message', () => ran.push('next'));
        await window.exchange(socket, JSON.stringify({ traceparent: window.traceparent(1) }));
        return [...reports.splice(0), ran];
      };
      const native = await observe((socket) => socket);
      const traced = await observe((socket) => t.traceWebSocket(socket));
      return [native, traced, window.named('process')];
    });
    thrown();
    assert.equal(native.length, 2);
    assert.deepEqual(traced, native);
    const [span] = spans;
    assert.equal(spans.length, 1);
    assert.deepEqual(span.status, { code: 'error', message: 'boom' });
    assert.equal(span.attributes['error.type'], 'RangeError');
    assert.equal(span.events[0].attributes['exception.message'], 'boom');
  },
});
