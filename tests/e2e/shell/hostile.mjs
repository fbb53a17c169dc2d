// Page code behind names, values, options and carriers: it throws, lies, never ends or calls tracelink again.
import assert from 'node:assert/strict';

export const hostile = {
  'hostile names, values, options and carriers: nothing is thrown, tracing goes on': async (
    context,
  ) => {
    const { open, run, stats } = context;
    const play = async () => {
      const { t } = window;
      const boom = () => {
        throw new Error('mine');
      };
      const proxy = (target) =>
        new Proxy(target, {
          get: boom,
          set: boom,
          has: boom,
          ownKeys: boom,
          getOwnPropertyDescriptor: boom,
          getPrototypeOf: boom,
          defineProperty: boom,
        });
      const { proxy: revoked, revoke } = Proxy.revocable([], {});
      revoke();
      const text = { toString: boom, [Symbol.toPrimitive]: boom };
      const getter = (key) =>
        Object.defineProperty({ fine: 1 }, key, { get: boom, enumerable: true });
      const list = Object.defineProperty([1, 2], 1, { get: boom });
      class Sly extends Array {
        static get [Symbol.species]() {
          return boom();
        }
      }
      const cyclic = { name: 'c' };
      cyclic.self = cyclic;
      const hostile = [
        text,
        Symbol('s'),
        proxy({}),
        proxy([]),
        proxy(() => {}),
        revoked,
        getter('a'),
        list,
        Sly.from([1, 2]),
        cyclic,
        Object.create(null),
        null,
        undefined,
        5n,
        -0,
        Number.NaN,
        () => {},
        'x'.repeat(1e6),
        new Array(1e6),
        Array(300).fill('y'.repeat(9000)),
        document.body,
        window,
        { length: -1 },
        new Proxy([], { get: () => 2 ** 40 }),
        '\ud800',
        '__proto__',
      ];
      let calls = 0;
      const slow = [];
      const began = performance.now();
      const failures = [];
      const attempt = (what, work) => {
        calls++;
        const t0 = performance.now();
        try {
          work();
          const took = performance.now() - t0;
          if (took > 50) slow.push(`${what}: ${took | 0}`);
        } catch (error) {
          failures.push(`${what}: ${error}`);
        }
      };
      hostile.forEach((value, index) => {
        const span = t.startSpan('base');
        const a = (what, work) => attempt(`${what} ${index}`, work);
        a('name', () => t.startSpan(value).end());
        a('options', () => t.startSpan('s', value).end());
        for (const key of ['kind', 'attributes', 'startTime', 'parent', 'links']) {
          a(`options.${key}`, () => t.startSpan('s', { [key]: value }).end());
          a(`getter ${key}`, () => t.startSpan('s', getter(key)).end());
        }
        a('links.context', () =>
          t.startSpan('s', { links: [{ context: value, attributes: value }, value] }).end(),
        );
        a('key', () => span.setAttribute(value, 1));
        a('value', () => span.setAttribute('k', value));
        a('values', () => span.setAttributes({ k: value, l: [value] }));
        a('attributes', () => span.setAttributes(value));
        a('event', () => span.addEvent(value, value, value));
        a('link', () => span.addLink(value, value));
        a('carrier', () =>
          span.addLink({ traceparent: value, 'sentry-trace': value, baggage: value }),
        );
        a('status', () => span.setStatus(value, value));
        a('message', () => span.setStatus('error', value));
        a('exception', () => span.recordException(value));
        a('rename', () => span.updateName(value));
        a('child', () => span.child(value, value).end(value));
        a('inject', () => span.inject(value));
        a('withSpan', () => t.withSpan(value, value, () => {}));
        a('traceApiCall', () => t.traceApiCall(value, value, () => {}));
        a('traceFlow', () => t.traceFlow(value, value, () => {}));
        a('traced', () => t.traced(value, () => {})());
        a('setAttributes', () => t.setAttributes(value));
        a('setAttributes value', () => t.setAttributes({ hostile: value }));
        a('end', () => span.end(value));
      });
      return { calls, failures, slow, ms: performance.now() - began };
    };
    await open();
    const off = await run(play);
    assert.deepEqual(off.failures, []);
    const starting = await run(`(async () => {
      const done = window.t.init({ serviceName: 'x', endpoint: null });
      const played = await (${play})();
      return { ...played, started: (await done).ok };
    })()`);
    assert.deepEqual(starting.failures, []);
    assert.equal(starting.started, true);
    await stats();
    const on = await run(play);
    assert.deepEqual(on.failures, []);
    assert.ok(on.calls > 800);
    assert.ok(on.ms < 15_000, `${on.ms} ms for ${on.calls} calls: ${on.slow}`);
    const working = await run(() => {
      window.t
        .startSpan('still')
        .addEvent('e', { a: [1] })
        .end();
      const { name, events } = window.t.bufferedSpans().at(-1);
      return [name, events[0].attributes.a];
    });
    assert.deepEqual(working, ['still', [1]]);
    assert.equal((await stats()).open, 0);
  },

  'page code that calls tracelink while tracelink reads it': async ({ start, run, stats }) => {
    await start({ endpoint: null, buffer: { retain: 100 } });
    const names = await run(() => {
      const { t } = window;
      const again = (name) => ({
        enumerable: true,
        get() {
          t.withSpan(`in ${name}`, (span) => span.setAttribute('inner', name).addEvent('e'));
          return name;
        },
      });
      const options = Object.defineProperties(
        {},
        { startTime: again('startTime'), kind: again('kind') },
      );
      const attributes = Object.defineProperties({}, { a: again('a'), b: again('b') });
      const span = t.startSpan({ toString: () => t.withSpan('in name', () => 'outer') }, options);
      span.setAttributes(attributes).addEvent('event', attributes).addLink(span, attributes);
      span.setAttribute('list', Object.defineProperty([0, 'x'], 0, again('item')));
      span.inject(
        Object.defineProperty({}, 'traceparent', { set: () => t.startSpan('in set').end() }),
      );
      span.recordException(Object.defineProperty(new Error('x'), 'message', again('message')));
      span.end();
      const outer = t.bufferedSpans().at(-1);
      return [outer, t.bufferedSpans().map(({ name }) => name)];
    });
    const [outer, all] = names;
    assert.equal(outer.name, 'outer');
    assert.deepEqual(
      [outer.attributes.a, outer.attributes.b, outer.attributes.list, outer.attributes.inner],
      ['a', 'b', ['item', 'x'], undefined],
    );
    assert.deepEqual(outer.events[0].attributes, { a: 'a', b: 'b' });
    assert.equal(outer.status.message, 'message');
    for (const name of [
      'in name',
      'in startTime',
      'in kind',
      'in a',
      'in item',
      'in set',
      'in message',
    ])
      assert.ok(all.includes(name), name);
    assert.equal((await stats()).open, 0);
  },

  'callbacks that end tracing': async ({ open, run }) => {
    await open();
    for (const member of ['name', 'extract', 'tracesSampler', 'getter']) {
      const seen = await run(async (given) => {
        const { t } = window;
        const end = () => void t.shutdown({ discard: true });
        const tracesSampler = given === 'tracesSampler' ? end : undefined;
        await t.init({ serviceName: 'x', endpoint: null, tracesSampler });
        const message =
          given === 'getter'
            ? {
                get traceparent() {
                  return end();
                },
              }
            : '{"trace":1}';
        const options = { [given]: end, relation: 'link', update: false };
        const context = t.extractMessageContext(message);
        return [context, t.traceMessage(message, (span) => span.child('b').sampled, options)];
      }, member);
      assert.deepEqual(seen, [null, false], member);
    }
  },

  'sockets and event sources that are not the browser’s: their listeners are called as before':
    async (context) => {
      const { start, run, open } = context;
      for (const begin of [open, start]) {
        await begin();
        const seen = await run(() => {
          const { t } = window;
          const heard = [];
          class Polyfill {
            listeners = new Map();
            onmessage = null;
            addEventListener(type, listener) {
              this.listeners.set(listener, type);
            }
            removeEventListener(type, listener) {
              if (this.listeners.get(listener) === type) this.listeners.delete(listener);
            }
            say(data) {
              const event = { type: 'message', data };
              for (const listener of this.listeners.keys()) listener.call(this, event);
              this.onmessage?.(event);
            }
          }
          class OwnField extends EventTarget {
            onmessage = null;
            say(data) {
              const event = new MessageEvent('message', { data });
              this.dispatchEvent(event);
              this.onmessage?.(event);
            }
          }
          for (const Fake of [Polyfill, OwnField])
            for (const trace of ['traceWebSocket', 'traceEventSource']) {
              const fake = t[trace](t[trace](new Fake()));
              const listener = ({ data }) => heard.push(`${Fake.name} ${trace} ${data}`);
              fake.addEventListener('message', listener);
              fake.onmessage = ({ data }) => heard.push(`${Fake.name} ${trace} ${data} onmessage`);
              fake.say(1);
              fake.removeEventListener('message', listener);
              fake.onmessage = null;
              fake.say(2);
            }
          const real = globalThis.WebSocket;
          globalThis.WebSocket = Polyfill;
          try {
            const socket = new t.tracedWebSocket('ws://localhost');
            socket.addEventListener('message', ({ data }) => heard.push(data));
            socket.say('replaced');
          } finally {
            globalThis.WebSocket = real;
          }
          return heard;
        });
        assert.deepEqual(seen, [
          ...['Polyfill', 'OwnField'].flatMap((name) =>
            ['traceWebSocket', 'traceEventSource'].flatMap((trace) => [
              `${name} ${trace} 1`,
              `${name} ${trace} 1 onmessage`,
            ]),
          ),
          'replaced',
        ]);
      }
    },

  'a page name that is no text': async ({ start, run }) => {
    await start();
    const names = await run(() => {
      const { t } = window;
      const hostile = {
        toString() {
          throw new Error('mine');
        },
      };
      return [Symbol('home'), hostile, null].map((name) => t.tracePageLoad(name).sampled);
    });
    assert.deepEqual(names, [true, true, true]);
  },
};
