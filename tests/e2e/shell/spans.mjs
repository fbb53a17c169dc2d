// The Span API, method by method, as bufferedSpans reads it back.
import assert from 'node:assert/strict';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const REMOTE = `00-${TRACE}-b7ad6b7169203331-01`;

export const spans = {
  'ids, times, kind and attributes of a span': async ({ start, run, stats }) => {
    await start();
    const [seen, span] = await run(() => {
      const { t } = window;
      const span = t.startSpan('a', {
        kind: 'producer',
        startTime: 100.5,
        attributes: { text: 'ä€😀', int: -5, double: 1.5, yes: true, list: ['a', 'b'] },
      });
      const { traceId, spanId, sampled, traceparent } = span;
      span.end(250.25);
      return [
        { traceId, spanId, sampled, traceparent, origin: performance.timeOrigin },
        t.bufferedSpans()[0],
      ];
    });
    assert.match(seen.traceId, /^(?!0{32})[\da-f]{32}$/);
    assert.match(seen.spanId, /^(?!0{16})[\da-f]{16}$/);
    assert.equal(seen.traceparent, `00-${seen.traceId}-${seen.spanId}-01`);
    const { startTimeUnixNano, endTimeUnixNano, ...rest } = span;
    assert.deepEqual(rest, {
      traceId: seen.traceId,
      spanId: seen.spanId,
      name: 'a',
      kind: 'producer',
      serviceName: 'page',
      attributes: { text: 'ä€😀', int: -5, double: 1.5, yes: true, list: ['a', 'b'] },
      events: [],
      links: [],
      status: { code: 'unset' },
    });
    assert.equal(BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano), 149_750_000n);
    const startMs = Number(BigInt(startTimeUnixNano) / 1000n) / 1000;
    assert.ok(Math.abs(startMs - (seen.origin + 100.5)) < 0.01, `${startMs} ${seen.origin}`);
    assert.equal((await stats()).kept, 1);
  },

  'every setter, chained; after end nothing changes': async ({ start, run, stats }) => {
    await start();
    const [span, same] = await run((remote) => {
      const { t } = window;
      const span = t.startSpan('before');
      const chain = span
        .setAttribute('a', 1)
        .setAttribute('a', 'two')
        .setAttributes({ b: true, c: null, d: undefined, list: [] })
        .addEvent('plain')
        .addEvent('full', { n: 1 }, 123)
        .addLink({ traceparent: remote }, { why: 'x' })
        .addLink({ traceparent: 'nonsense' })
        .setStatus('error', 'why')
        .updateName('after');
      span.end(5_000);
      span
        .setAttribute('late', 1)
        .setAttributes({ late: 1 })
        .addEvent('late')
        .addLink({ traceparent: remote })
        .setStatus('ok')
        .setOk()
        .recordException(new Error('late'))
        .updateName('late');
      span.end(9_000);
      span[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
      return [t.bufferedSpans(), chain === span];
    }, REMOTE);
    assert.equal(same, true);
    assert.equal(span.length, 1, 'ended once');
    const { name, attributes, events, links, status } = span[0];
    assert.equal(name, 'after');
    assert.deepEqual(attributes, { a: 'two', b: true, list: [] });
    assert.deepEqual(
      events.map((event) => [event.name, event.attributes]),
      [
        ['plain', {}],
        ['full', { n: 1 }],
      ],
    );
    assert.deepEqual(links, [
      { traceId: TRACE, spanId: 'b7ad6b7169203331', attributes: { why: 'x' } },
    ]);
    assert.deepEqual(status, { code: 'error', message: 'why' });
    assert.equal((await stats()).ended, 1);
  },

  'status: ok is final, an error may become ok, a message needs an error': async ({
    start,
    run,
  }) => {
    await start();
    const statuses = await run(() => {
      const { t } = window;
      const after = (...steps) => {
        const span = t.startSpan('s');
        for (const step of steps) span.setStatus(...step);
        span.end();
        return JSON.stringify(t.bufferedSpans().at(-1).status);
      };
      return [
        after(),
        after(['ok', 'said']),
        after(['error']),
        after(['error', 'first'], ['error', 'second']),
        after(['error', 'x'], ['ok']),
        after(['ok'], ['error', 'x']),
        after(['error', 'x'], ['unset'], ['nonsense'], [null]),
      ].map((text) => JSON.parse(text));
    });
    assert.deepEqual(statuses, [
      { code: 'unset' },
      { code: 'ok' },
      { code: 'error' },
      { code: 'error', message: 'second' },
      { code: 'ok' },
      { code: 'ok' },
      { code: 'error', message: 'x' },
    ]);
  },

  'recordException of anything': async ({ start, run }) => {
    await start();
    const spans = await run(() => {
      const { t } = window;
      class Custom extends TypeError {
        name = 'Custom';
      }
      const bare = Object.create(null);
      const hostile = new Proxy(new Error('x'), {
        get() {
          throw new Error('mine');
        },
        getPrototypeOf() {
          throw new Error('mine');
        },
      });
      const values = [
        new RangeError('out of range'),
        new Custom('made'),
        new DOMException('stopped', 'AbortError'),
        'a string',
        undefined,
        Symbol('s'),
        { code: 5 },
        bare,
        hostile,
        new AggregateError([new Error('in it')], 'several'),
      ];
      for (const value of values) t.startSpan('e').recordException(value).end();
      return t.bufferedSpans();
    });
    const said = spans.map(({ attributes, events, status }) => {
      assert.equal(events.length, 1);
      assert.equal(events[0].name, 'exception');
      assert.equal(status.code, 'error');
      const { 'exception.type': type, 'exception.message': message } = events[0].attributes;
      assert.equal(attributes['error.type'], type);
      assert.equal(status.message, message);
      return [type, message];
    });
    assert.deepEqual(said.slice(0, 7), [
      ['RangeError', 'out of range'],
      ['Custom', 'made'],
      ['AbortError', 'stopped'],
      ['string', 'a string'],
      ['undefined', 'undefined'],
      ['symbol', 'Symbol(s)'],
      ['object', '[object Object]'],
    ]);
    assert.equal(said[9][0], 'AggregateError');
    const trace = spans[0].events[0].attributes['exception.stacktrace'];
    assert.ok(trace.length > 10, trace);
    assert.equal('exception.stacktrace' in spans[3].events[0].attributes, false);
  },

  'run, bind and activeSpan: nested, through exceptions, with this and arguments': async ({
    start,
    run,
  }) => {
    await start();
    const seen = await run(async () => {
      const { t } = window;
      const [a, b] = [t.startSpan('a'), t.startSpan('b')];
      const seen = [t.activeSpan() === undefined];
      a.run(() => {
        seen.push(t.activeSpan() === a);
        b.run(() => seen.push(t.activeSpan() === b));
        seen.push(t.activeSpan() === a);
        try {
          b.run(() => {
            throw new Error('x');
          });
        } catch {
          seen.push(t.activeSpan() === a);
        }
      });
      seen.push(t.activeSpan() === undefined);
      const owner = {
        value: 7,
        bound: b.bind(function (x, y) {
          return [this.value, x, y, t.activeSpan() === b];
        }),
      };
      seen.push(JSON.stringify(owner.bound(1, 2)) === '[7,1,2,true]');
      seen.push(await new Promise((done) => setTimeout(a.bind(() => done(t.activeSpan() === a)))));
      const error = new Error('mine');
      try {
        a.run(() => {
          throw error;
        });
      } catch (caught) {
        seen.push(caught === error);
      }
      // Nothing is guessed across await.
      await a.run(async () => {
        seen.push(t.activeSpan() === a);
        await null;
        seen.push(t.activeSpan() === undefined);
      });
      return seen;
    });
    assert.deepEqual(
      seen,
      seen.map(() => true),
    );
    assert.equal(seen.length, 11);
  },

  'using: a span ends with its block': async ({ start, run }) => {
    await start();
    const names = await run(() => {
      const { t } = window;
      const symbol = Symbol.dispose ?? Symbol.for('Symbol.dispose');
      const span = t.startSpan('disposed');
      const is = typeof span[symbol] === 'function' && !('undefined' in span);
      span[symbol]();
      return [is, ...t.bufferedSpans().map(({ name }) => name)];
    });
    assert.deepEqual(names, [true, 'disposed']);
  },

  'times that are none, and an end before its start': async ({ start, run }) => {
    await start();
    const spans = await run(() => {
      const { t } = window;
      for (const time of [Number.NaN, Infinity, '5', null, {}, 5n])
        t.startSpan('s', { startTime: time }).addEvent('e', {}, time).end(time);
      t.startSpan('backwards', { startTime: 50 }).end(10);
      return t.bufferedSpans();
    });
    const now = BigInt(Date.now()) * 1_000_000n;
    for (const { startTimeUnixNano: start, endTimeUnixNano: end, events } of spans.slice(0, -1)) {
      for (const time of [start, end, events[0].timeUnixNano])
        assert.ok(now - BigInt(time) < 60_000_000_000n && BigInt(time) <= now, time);
      assert.ok(BigInt(end) >= BigInt(start));
    }
    const { startTimeUnixNano, endTimeUnixNano } = spans.at(-1);
    assert.equal(startTimeUnixNano, endTimeUnixNano);
  },
};
