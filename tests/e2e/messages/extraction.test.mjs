// Contexts in messages of every form, hostile ones among them, and carriers written into messages.
import assert from 'node:assert/strict';
import { inEveryBrowser } from './support/in-page.mjs';

const id = (digit, length) => digit.toString(16).padStart(length, 'a');
const traceparent = (digit, flags = '01') => `00-${id(digit, 32)}-${id(digit, 16)}-${flags}`;

inEveryBrowser('contexts in messages', {
  'a context says all that came': async ({ start, run }) => {
    await start();
    const [w3c, sentry, off] = await run(() => {
      const { t } = window;
      return [
        t.extractMessageContext({
          traceparent: window.traceparent(1, '00'),
          tracestate: 'a=1',
          baggage: 'team=red,sentry-a=1',
        }),
        t.extractMessageContext({ _sentry: { trace: window.sentryTrace(2, '') } }),
        t.extractMessageContext({ nothing: 1 }),
      ];
    });
    assert.deepEqual(w3c, {
      traceId: id(1, 32),
      spanId: id(1, 16),
      sampled: false,
      traceparent: traceparent(1, '00'),
      tracestate: 'a=1',
      baggage: 'team=red,sentry-a=1',
      source: 'w3c',
    });
    // Undefined does not travel from every browser.
    assert.deepEqual(
      { sampled: undefined, ...sentry },
      {
        traceId: id(2, 32),
        spanId: id(2, 16),
        sampled: undefined,
        traceparent: traceparent(2, '00'),
        source: 'sentry',
      },
    );
    assert.equal(off, null);
  },

  'every form of a message and every place gives the same': async ({ start, run }) => {
    await start();
    const wrong = await run(() => {
      const { t } = window;
      const own = (digit) => ({ traceparent: window.traceparent(digit) });
      const sentry = (digit) => ({ 'sentry-trace': window.sentryTrace(digit) });
      const messages = {
        1: own(1),
        2: sentry(2),
        3: { _sentry: { trace: window.sentryTrace(3) } },
        4: { _trace: own(4) },
        5: { headers: { TraceParent: window.traceparent(5) } },
        6: { metadata: sentry(6), meta: own(7) },
        8: { meta: own(8) },
        9: [own(1), 5, null, 'text', [own(2)], own(9)],
        10: { ...own(1), updates: [own(2)], messages: [own(10)] },
        11: { events: [{ data: 1, ...sentry(11) }, { headers: {} }] },
      };
      const wrong = [];
      for (const [digit, message] of Object.entries(messages)) {
        const text = JSON.stringify(message);
        const bytes = new TextEncoder().encode(text);
        const padded = new Uint8Array(bytes.length + 6);
        padded.set(bytes, 3);
        const forms = {
          object: message,
          frozen: Object.freeze(structuredClone(message)),
          bare: Array.isArray(message) ? message : Object.assign(Object.create(null), message),
          text,
          escaped: text.replaceAll('trace', '\\u0074race'),
          bytes,
          view: new DataView(padded.buffer, 3, bytes.length),
          buffer: bytes.buffer,
          event: new MessageEvent('message', { data: text }),
          eventOfObject: new MessageEvent('message', { data: message }),
          eventOfBytes: new MessageEvent('message', { data: bytes.buffer }),
        };
        for (const [form, given] of Object.entries(forms)) {
          const found = t.extractMessageContext(given);
          if (found?.traceId !== window.traceId(Number(digit))) wrong.push([digit, form, found]);
        }
      }
      const headers = new Headers({ Traceparent: window.traceparent(1) });
      if (!t.extractMessageContext({ headers })) wrong.push('Headers');
      return wrong;
    });
    assert.deepEqual(wrong, []);
  },

  'bytes in every kind of view and buffer': async ({ start, run }) => {
    await start({ endpoint: null }, { isolated: '' });
    const wrong = await run(() => {
      const { t } = window;
      // As long as the widest element asks for.
      const text = JSON.stringify({ traceparent: window.traceparent(1) });
      const bytes = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8));
      const shared = new SharedArrayBuffer(bytes.length);
      new Uint8Array(shared).set(bytes);
      const forms = { shared: new Uint8Array(shared), buffer: bytes.buffer };
      for (const View of [
        ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array],
        ...[Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array, DataView],
      ])
        forms[View.name] = new View(bytes.buffer);
      const wrong = [];
      for (const [form, given] of Object.entries(forms)) {
        const options = { name: form, update: false };
        const found = [
          t.extractMessageContext(given)?.traceId,
          t.extractMessageContext(new MessageEvent('message', { data: given }))?.traceId,
          t.traceMessage(given, (span) => span.traceId, options),
        ];
        if (found.some((traceId) => traceId !== window.traceId(1))) wrong.push([form, found]);
      }
      return wrong;
    });
    assert.deepEqual(wrong, []);
  },

  'headers: names without case, however many; two spellings of one name say nothing': async ({
    start,
    run,
  }) => {
    await start();
    const seen = await run(() => {
      const { t } = window;
      const [first, second] = [1, 2].map((digit) => window.traceparent(digit));
      const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`x-${at}`, 'x']));
      const headers = [
        { ...many, TRACEPARENT: first },
        new Headers({ ...many, TraceParent: first, 'Sentry-Trace': window.sentryTrace(2) }),
        { Traceparent: first, traceparent: second },
        { Traceparent: first, traceparent: 5 },
        { Traceparent: first, traceparent: null },
      ];
      const told = (message) =>
        t
          .extractMessageContexts(message)
          .map(({ traceId }) => traceId.at(-1))
          .join();
      return headers.map((given) => [
        told({ headers: given }),
        told(
          JSON.stringify({ headers: given instanceof Headers ? Object.fromEntries(given) : given }),
        ),
      ]);
    });
    assert.deepEqual(seen, [
      ['1', '1'],
      ['2,1', '2,1'],
      ['', ''],
      ['', ''],
      ['', ''],
    ]);
  },

  'all contexts in their order': async ({ start, run }) => {
    await start();
    const ids = await run(() => {
      const { t } = window;
      const own = (digit) => ({ traceparent: window.traceparent(digit) });
      const message = { updates: [own(2), {}, own(3)], ...own(1), events: [own(4)] };
      const of = (given) => t.extractMessageContexts(given).map(({ spanId }) => spanId.at(-1));
      return [of(message), of(JSON.stringify(message)), of('traceparent'), of(undefined)];
    });
    assert.deepEqual(ids, [['1', '2', '3', '4'], ['1', '2', '3', '4'], [], []]);
  },

  'messages of any size': async ({ start, run }) => {
    await start();
    const found = await run(() => {
      const { t } = window;
      const context = { traceparent: window.traceparent(1) };
      const found = [];
      for (const pad of ['x', 'é', '😀']) {
        for (const length of [10, 4000, 5000, 33000, 300000]) {
          const text = JSON.stringify({ pad: pad.repeat(length), ...context });
          const before = t.extractMessageContext(text)?.spanId;
          t.traceMessage(text, (span) => found.push(before && span.traceId === window.traceId(1)));
        }
      }
      const batch = Array.from({ length: 12000 }, (_, index) => (index === 9999 ? context : {}));
      found.push(t.extractMessageContexts(batch).length === 1);
      batch.splice(9999, 1, {}, context);
      found.push(t.extractMessageContexts(batch).length === 0);
      found.push(t.extractMessageContexts(JSON.stringify(batch)).length === 0);
      return found;
    });
    assert.deepEqual(
      found,
      found.map(() => true),
    );
  },

  'traceMessage: extract, names, destination, attributes, results and errors': async ({
    start,
    run,
  }) => {
    await start();
    const [seen, spans] = await run(async () => {
      const { t } = window;
      const seen = [];
      const off = { update: false };
      const context = { traceparent: window.traceparent(1), baggage: 'team=red,sentry-a=1' };
      const nested = { deep: { here: context } };
      seen.push(
        t.traceMessage(nested, (span) => span.traceId.at(-1), {
          ...off,
          name: 'a',
          extract: (data) => data.deep.here,
        }),
      );
      const error = new RangeError('no');
      const fail = () => {
        throw error;
      };
      seen.push(
        t.traceMessage(context, (span) => span.traceId.at(-1), {
          ...off,
          name: fail,
          extract: fail,
          destination: 'queue',
        }),
      );
      seen.push(
        t.traceMessage(context, (span) => span.inject({}).baggage, {
          ...off,
          name: () => null,
          baggage: true,
        }),
      );
      seen.push(
        t.traceMessage(context, (span) => span.inject({}).baggage, {
          ...off,
          attributes: { room: 'lobby', n: [1, 2] },
        }),
      );
      t.withSpan('outer', () =>
        t.traceMessage(context, (span) => seen.push(t.activeSpan() === span), {
          ...off,
          name: 'linked',
        }),
      );
      try {
        t.traceMessage(context, fail, { ...off, name: 'threw' });
      } catch (thrown) {
        seen.push(thrown === error);
      }
      seen.push(await t.traceMessage(context, async () => 5, { ...off, name: 'async' }));
      await t
        .traceMessage(context, async () => fail(), { ...off, name: 'rejected' })
        .catch((reason) => seen.push(reason === error));
      return [seen, window.spans()];
    });
    assert.deepEqual(seen, ['1', '1', 'team=red,sentry-a=1', 'sentry-a=1', true, true, 5, true]);
    const by = Object.fromEntries(spans.map((span) => [span.name, span]));
    assert.equal(by['process queue'].attributes['messaging.destination.name'], 'queue');
    assert.equal(by['process queue'].attributes['messaging.system'], undefined);
    assert.deepEqual(by.process.attributes.n, [1, 2]);
    assert.deepEqual(
      by.linked.links.map(({ spanId }) => spanId),
      [by.outer.spanId],
    );
    for (const name of ['threw', 'rejected']) {
      assert.deepEqual(by[name].status, { code: 'error', message: 'no' }, name);
      assert.equal(by[name].attributes['error.type'], 'RangeError');
    }
    for (const span of spans)
      assert.equal(span.parentSpanId, span.name === 'outer' ? undefined : id(1, 16));
  },

  'inject writes the formats of propagate, once, where it may': async ({ start, run }) => {
    for (const [propagate, keys] of [
      [
        ['w3c', 'sentry'],
        ['traceparent', 'baggage', 'sentry-trace', '_sentry'],
      ],
      [['w3c'], ['traceparent']],
      [['sentry'], ['baggage', 'sentry-trace', '_sentry']],
    ]) {
      await start({ endpoint: null, propagate });
      const seen = await run(() => {
        const { t } = window;
        return t.withSpan('sender', (span) => {
          const message = { data: 1 };
          const same = t.injectMessageContext(message) === message;
          const text = JSON.stringify(message);
          t.injectMessageContext(message, t.startSpan('other', { parent: null }));
          const [frozen, sealed] = [Object.freeze({ a: 1 }), Object.seal({ a: 1 })];
          const carried = { updates: [{ traceparent: window.traceparent(1) }] };
          for (const given of [frozen, sealed, carried]) t.injectMessageContext(given);
          const setter = {
            set baggage(_) {
              throw new Error('no');
            },
          };
          t.injectMessageContext(setter);
          return {
            same,
            unchanged: JSON.stringify(message) === text,
            message,
            found: t.extractMessageContext(text),
            span: [span.traceId, span.spanId],
            untouched: [Object.keys(frozen), Object.keys(sealed), Object.keys(carried)],
            parameter: t.injectMessageContext({}, span).traceparent === message.traceparent,
          };
        });
      });
      const none = await run(() => window.t.injectMessageContext({}));
      assert.ok(seen.same && seen.unchanged && seen.parameter, JSON.stringify(seen));
      assert.deepEqual(Object.keys(seen.message), ['data', ...keys]);
      assert.deepEqual([seen.found.traceId, seen.found.spanId], seen.span);
      assert.deepEqual(seen.untouched, [['a'], ['a'], ['updates']]);
      assert.deepEqual(none, {});
      if (seen.message._sentry)
        assert.deepEqual(seen.message._sentry, {
          trace: seen.message['sentry-trace'],
          baggage: seen.message.baggage,
        });
    }
  },

  'off: handlers run, nothing is found, nothing is written': async ({ open, run }) => {
    await open();
    const seen = await run(async () => {
      const { t } = window;
      const message = { traceparent: window.traceparent(1) };
      return [
        t.extractMessageContext(message),
        t.extractMessageContexts(message),
        t.injectMessageContext({}),
        t.traceMessage(message, (span) => span.sampled),
        await t.traceMessage(message, async () => 5),
        t.traceUpdate('x', () => 6),
      ];
    });
    assert.deepEqual(seen, [null, [], {}, false, 5, 6]);
  },
});
