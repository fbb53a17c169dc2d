// Messages made to hurt: nothing throws, nothing takes long, nothing of the page is changed.
import assert from 'node:assert/strict';
import { inEveryBrowser } from './support/in-page.mjs';

inEveryBrowser('hostile messages', {
  'hostile options: the handler runs once, the message has its span': async ({ start, run }) => {
    await start();
    const [ran, names, on] = await run(() => {
      const { t } = window;
      const fail = () => {
        throw new Error('hostile');
      };
      const options = [
        new Proxy({}, { get: fail }),
        null,
        { destination: Symbol('s') },
        { sampleRate: 1n },
        { sampleRate: {} },
        { attributes: new Proxy({}, { ownKeys: fail }), name: fail, extract: fail },
        { relation: 5, baggage: 5, update: 5 },
      ];
      let ran = 0;
      for (const given of options) ran += t.traceMessage('{}', () => 1, given);
      const names = window.spans().filter(({ name }) => name !== 'ui.update');
      return [ran, names.map(({ name }) => name), t.startSpan('after').sampled];
    });
    assert.equal(ran, 7);
    assert.deepEqual(names, Array(7).fill('process'));
    assert.ok(on);
  },

  'hostile messages: null, no exception, no time, no effect': async ({ start, run }) => {
    await start();
    const [wrong, slow] = await run(() => {
      const { t } = window;
      const context = { traceparent: window.traceparent(1) };
      const fail = () => {
        throw new Error('hostile');
      };
      const cyclic = { a: 1 };
      cyclic.self = cyclic;
      cyclic._sentry = cyclic;
      cyclic.updates = [cyclic];
      let deep = '1';
      deep = `${'['.repeat(200000)}${deep}${']'.repeat(200000)}`;
      const traps = new Proxy({}, { get: () => fail });
      const revoked = Proxy.revocable({}, {});
      revoked.revoke();
      const endless = new Proxy([], {
        get: (_, key) => (key === 'length' ? Number.POSITIVE_INFINITY : {}),
        getOwnPropertyDescriptor: () => ({ value: {}, configurable: true }),
      });
      const detached = new ArrayBuffer(8);
      const names = Object.fromEntries(Array.from({ length: 1e5 }, (_, at) => [`x${at}`, 1]));
      const long = 'x'.repeat(8000);
      const texts = { traceparent: long, tracestate: long, baggage: long, 'sentry-trace': long };
      const messages = {
        getters: Object.defineProperties(
          {},
          { traceparent: { get: fail }, _sentry: { get: fail }, updates: { get: fail } },
        ),
        proxy: new Proxy({}, traps),
        revoked: revoked.proxy,
        cyclic,
        inherited: Object.create(context),
        prototypeKey: JSON.parse(`{"__proto__":${JSON.stringify(context)}}`),
        prototypeText: `{"__proto__":${JSON.stringify(context)}}`,
        deep: `{"a":${deep},"traceparent":5}`,
        deepArray: deep.replace('1', '"traceparent"'),
        unbalanced: `${'{"traceparent":'.repeat(100000)}`,
        blob: new Blob([JSON.stringify(context)]),
        wrongTypes: {
          traceparent: 5,
          _sentry: 'x',
          headers: [],
          metadata: null,
          updates: 'x',
          meta: () => {},
        },
        toJson: { ...context, traceparent: { toString: () => window.traceparent(1) } },
        longCarrier: { traceparent: window.traceparent(1) + 'x'.repeat(1e6) },
        hugeText: `{"traceparent":"${'x'.repeat(17e6)}"}`,
        notUtf8: new Uint8Array([
          ...new TextEncoder().encode(JSON.stringify(context)).slice(0, -1),
          44,
          34,
          255,
          34,
          125,
        ]),
        empty: new ArrayBuffer(0),
        detached: structuredClone(detached, { transfer: [detached] }) && detached,
        // JSON.parse refuses a byte order mark, and so does whoever decodes its bytes for it.
        orderMark: `\ufeff${JSON.stringify(context)}`,
        orderMarkInBytes: new TextEncoder().encode(`\ufeff${JSON.stringify(context)}`),
        boxed: { traceparent: Object(window.traceparent(1)) },
        boxedText: Object(JSON.stringify(context)),
        primitive: { traceparent: { [Symbol.toPrimitive]: () => window.traceparent(1) } },
        revokedPlaces: { _sentry: revoked.proxy, headers: revoked.proxy, updates: revoked.proxy },
        sparse: Object.assign([], { length: 2 ** 32 - 1 }),
        // A part that stands in it many times: small to send, endless to write down.
        sameNames: { updates: Array(10000).fill({ headers: names }) },
        sameTexts: { updates: Array(10000).fill({ _sentry: texts, meta: texts, ...texts }) },
        endless,
        function: fail,
        symbol: Symbol('x'),
        number: 5,
        nothing: null,
        window,
        document,
      };
      const wrong = [];
      const slow = [];
      for (const [name, message] of Object.entries(messages)) {
        const began = performance.now();
        let seen;
        try {
          seen = [t.extractMessageContext(message), t.extractMessageContexts(message).length];
          if (message && typeof message === 'object') t.injectMessageContext(message);
          t.traceMessage(message, () => seen.push('ran'), { update: false });
        } catch (error) {
          seen = `${error}`;
        }
        const took = performance.now() - began;
        if (JSON.stringify(seen) !== '[null,0,"ran"]') wrong.push([name, seen]);
        // What is not bounded takes minutes; a busy machine takes a second for what is.
        if (took > 10000) slow.push([name, took]);
      }
      // Still alive, and the prototype is what it was.
      if (!t.extractMessageContext(context)) wrong.push('afterwards');
      if ({}.traceparent !== undefined) wrong.push('prototype');
      return [wrong, slow];
    });
    assert.deepEqual(wrong, []);
    assert.deepEqual(slow, []);
  },

  'page code that ends tracing, or starts it anew, while its message is read': async ({
    start,
    run,
  }) => {
    await start({ endpoint: null }, { entry: 'inline' });
    const seen = await run(() => {
      const { t } = window;
      const ending = (again) => ({
        get traceparent() {
          t.shutdown({ discard: true });
          if (again) t.init({ serviceName: 'page', endpoint: null });
          return window.traceparent(1);
        },
      });
      const ids = (found) => found?.traceId;
      const seen = [];
      for (const again of [false, true]) {
        for (const read of [
          () => ids(t.extractMessageContext(ending(again))),
          () => t.extractMessageContexts(ending(again)).map(ids).join(),
          () => Object.keys(t.injectMessageContext(ending(again), t.startSpan('sender'))).length,
          () => t.traceMessage(ending(again), () => 'ran', { update: false }),
          () => t.traceMessage({}, () => 'ran', { name: () => ids(ending(again)) && 'named' }),
        ]) {
          t.init({ serviceName: 'page', endpoint: null });
          // What the crate has read before is not what is asked for.
          t.extractMessageContexts({ traceparent: window.traceparent(5) });
          seen.push(read());
        }
        seen.push(t.startSpan('after').sampled);
      }
      return seen;
    });
    // Undefined does not travel from every browser.
    assert.deepEqual(
      seen.map((one) => one ?? 'none'),
      [
        ...['none', '', 1, 'ran', 'ran', true],
        ...['1'.padStart(32, 'a'), '1'.padStart(32, 'a'), 1, 'ran', 'ran', true],
      ],
    );
  },

  'page code that runs while a message is read may call tracelink': async ({ start, run }) => {
    await start();
    const seen = await run(() => {
      const { t } = window;
      const inner = [];
      const message = {
        get traceparent() {
          inner.push(t.extractMessageContext({ traceparent: window.traceparent(2) }).spanId.at(-1));
          t.startSpan('from a getter').end();
          return window.traceparent(1);
        },
      };
      const found = t.extractMessageContext(message).spanId.at(-1);
      const handled = t.traceMessage(message, (span) => span.traceId.at(-1), {
        name: () => {
          t.extractMessageContext({ traceparent: window.traceparent(3) });
          return 'named';
        },
        extract: (data) => {
          t.extractMessageContext({ traceparent: window.traceparent(4) });
          return data;
        },
      });
      return [found, handled, inner, window.named('named').length];
    });
    assert.deepEqual(seen, ['1', '1', ['2', '2'], 1]);
  },
});
