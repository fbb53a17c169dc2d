// What may happen while listeners look at a message, and to sockets and streams over time: one span a message, none left open.
import assert from 'node:assert/strict';
import { inEveryBrowser } from './support/in-page.mjs';

inEveryBrowser('lifetimes of sockets', {
  'what a listener dispatches to its own socket neither ends its message nor makes another':
    async ({ start, run }) => {
      await start();
      const [actives, spans] = await run(async () => {
        const { t } = window;
        const actives = [];
        const note = (event) => actives.push([event.isTrusted, t.activeSpan()?.spanId]);
        const send = await window.echo((socket) => {
          socket.addEventListener('message', note);
          socket.addEventListener('message', (event) => {
            if (event.isTrusted)
              socket.dispatchEvent(new MessageEvent('message', { data: event.data }));
          });
          socket.onmessage = note;
        });
        await send({ traceparent: window.traceparent(1) });
        await window.ended('ui.update');
        return [actives, window.spans()];
      });
      const named = spans.map(({ name }) => name.split(' ')[0]);
      assert.deepEqual(named, ['process', 'ui.update']);
      const [{ spanId }] = spans;
      // The synthetic event is none of ours: its listeners run below the one that dispatched it.
      assert.deepEqual(actives, [
        [true, spanId],
        [false, spanId],
        [false, spanId],
        [true, spanId],
      ]);
    },

  'listeners that throw, reject and remove themselves: as natively, in one span': async ({
    start,
    run,
    thrown,
  }) => {
    await start();
    const { native, traced, spans } = await run(async () => {
      const { t } = window;
      const reports = [];
      for (const type of ['error', 'unhandledrejection'])
        addEventListener(type, (event) => {
          reports.push(`${type} ${(event.error ?? event.reason)?.message}`);
          event.preventDefault();
        });
      // Of code that has no source of its own Chromium tells nobody what it threw.
      const script = document.createElement('script');
      script.textContent = `
        window.throws = () => { throw new Error('thrown'); };
        window.rejects = async () => { await null; throw new Error('rejected'); };`;
      document.head.append(script);
      const observe = async (wrap) => {
        const socket = wrap(new WebSocket(window.U('/echo')));
        await window.ev(socket, 'open');
        const ran = [];
        const self = () => {
          ran.push('self');
          socket.removeEventListener('message', self);
        };
        socket.addEventListener('message', self);
        socket.addEventListener('message', window.rejects);
        socket.addEventListener('message', window.throws);
        socket.addEventListener('message', () => ran.push('once'), { once: true });
        socket.onmessage = () => ran.push('last');
        for (const digit of [1, 2])
          await window.exchange(socket, JSON.stringify({ traceparent: window.traceparent(digit) }));
        socket.close();
        return [ran, reports.splice(0).sort()];
      };
      return {
        native: await observe((socket) => socket),
        traced: await observe((socket) => t.traceWebSocket(socket)),
        spans: window.named('process'),
      };
    });
    thrown();
    assert.deepEqual(native[0], ['self', 'once', 'last', 'last']);
    assert.deepEqual(native[1], [
      'error thrown',
      'error thrown',
      'unhandledrejection rejected',
      'unhandledrejection rejected',
    ]);
    assert.deepEqual(traced, native);
    // What was thrown is on the span; promises are not waited for.
    assert.deepEqual(
      spans.map(({ traceId, status, events }) => [
        traceId.at(-1),
        status,
        events.map(({ attributes }) => attributes['exception.message']),
      ]),
      ['1', '2'].map((digit) => [digit, { code: 'error', message: 'thrown' }, ['thrown']]),
    );
  },

  'messages that come while one is handled, and a close in a handler: each has its own span':
    async ({ start, run }) => {
      await start();
      const [seen, spans, stats] = await run(async () => {
        const { t } = window;
        const seen = [];
        const [first, second] = [await window.open(WebSocket), await window.open(WebSocket)];
        for (const socket of [first, second]) t.traceWebSocket(socket, { update: false });
        const done = window.ev(first, 'close');
        const carrier = (digit) => JSON.stringify({ traceparent: window.traceparent(digit) });
        const sawSecond = new Promise((resolve) => {
          second.onmessage = () => {
            seen.push(t.activeSpan().traceId.at(-1));
            resolve();
          };
        });
        first.addEventListener('message', ({ data }) => {
          seen.push(t.activeSpan().traceId.at(-1));
          // Both answers come while this one is handled.
          if (data === carrier(1)) {
            second.send(carrier(2));
            first.send(carrier(3));
            const until = performance.now() + 50;
            while (performance.now() < until);
          }
          if (data === carrier(3)) first.close();
          seen.push(t.activeSpan().traceId.at(-1));
        });
        first.addEventListener('message', () => seen.push(t.activeSpan().traceId.at(-1)));
        first.send(carrier(1));
        await Promise.all([done, sawSecond]);
        for (const digit of [1, 2, 3])
          while (!window.spans().some(({ traceId }) => traceId === window.traceId(digit)))
            await window.sleep(1);
        return [seen, window.spans(), t.stats()];
      });
      assert.deepEqual(seen.toSorted(), ['1', '1', '1', '2', '3', '3', '3']);
      assert.deepEqual(spans.map(({ traceId }) => traceId.at(-1)).toSorted(), ['1', '2', '3']);
      assert.equal(stats.open, 0);
    },

  'reconnects: each new socket traces its messages, and what was closed leaves nothing behind':
    async ({ start, run }) => {
      await start();
      const [seen, spans, open] = await run(async () => {
        const { t } = window;
        const seen = [];
        /** As reconnecting clients do it: a new socket with the same listener. */
        const listener = () => seen.push(t.activeSpan().traceId.at(-1));
        for (const digit of [1, 2, 3]) {
          const socket = new t.tracedWebSocket(window.U('/echo'));
          await window.ev(socket, 'open');
          socket.addEventListener('message', listener);
          await window.exchange(socket, JSON.stringify({ traceparent: window.traceparent(digit) }));
          const closed = window.ev(socket, 'close');
          socket.close();
          await closed;
        }
        await window.ended('ui.update', 3);
        return [seen, window.spans(), t.stats().open];
      });
      assert.deepEqual(seen, ['1', '2', '3']);
      assert.deepEqual(
        spans.map(({ name, traceId }) => `${name.split(' ')[0]} ${traceId.at(-1)}`).toSorted(),
        [1, 2, 3].flatMap((digit) => [`process ${digit}`, `ui.update ${digit}`]).toSorted(),
      );
      assert.equal(open, 0);
    },

  'hostile options of a socket: its listeners run, and the message has its span': async ({
    start,
    run,
  }) => {
    await start();
    const [ran, spans] = await run(async () => {
      const fail = () => {
        throw new Error('hostile');
      };
      let ran = 0;
      for (const name of ['untraced', 'update', 'name', 'relation']) {
        const send = await window.echo(
          (socket) => {
            socket.onmessage = () => ran++;
          },
          Object.defineProperty({ destination: name }, name, { get: fail }),
        );
        await send({ traceparent: window.traceparent(1) });
      }
      return [ran, window.named('process').map(({ name, parentSpanId }) => [name, parentSpanId])];
    });
    assert.equal(ran, 4);
    assert.deepEqual(
      spans,
      ['untraced', 'update', 'name', 'relation'].map((name) => [
        `process ${name}`,
        '1'.padStart(16, 'a'),
      ]),
    );
  },

  'an event source that reconnects goes on where it was, with a span for every event': async ({
    start,
    run,
  }) => {
    await start();
    const [seen, spans] = await run(async () => {
      const { t } = window;
      const events = [1, 2, 3].map((digit) => {
        const type = ['message', 'change', 'message'][digit - 1];
        return ['event', `${type} ${JSON.stringify({ traceparent: window.traceparent(digit) })}`];
      });
      const query = new URLSearchParams([['resume', '1'], ...events]);
      const source = t.traceEventSource(new EventSource(`http://${window.host}/events?${query}`), {
        update: false,
      });
      const seen = [];
      await new Promise((done) => {
        const note = ({ type, lastEventId }) => {
          seen.push([type, lastEventId, t.activeSpan().traceId.at(-1)]);
          if (lastEventId === '2') done();
        };
        source.onmessage = note;
        source.addEventListener('change', note);
      });
      source.close();
      await window.ended(`process ${window.host}/events`, 3);
      return [seen, window.spans()];
    });
    assert.deepEqual(seen, [
      ['message', '0', '1'],
      ['change', '1', '2'],
      ['message', '2', '3'],
    ]);
    assert.deepEqual(
      spans.map(({ parentSpanId }) => parentSpanId.at(-1)),
      ['1', '2', '3'],
    );
  },
});
