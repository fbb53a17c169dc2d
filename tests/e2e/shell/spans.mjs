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

  'parents: a span open or ended, a carrier, a context, null, nothing': async ({ start, run }) => {
    await start();
    const { spans, ids } = await run((remote) => {
      const { t } = window;
      const open = t.startSpan('open');
      const ended = t.startSpan('ended');
      ended.end();
      const sentry = { 'sentry-trace': '771a43a4192642f0b136d5159a501700-b0e6f15b45c36b12-1' };
      const context = t.extractMessageContext({ traceparent: remote });
      const make = (name, options) => t.startSpan(name, options).end();
      make('below open', { parent: open });
      make('below ended', { parent: ended });
      ended.child('child of ended').end();
      make('below carrier', { parent: { traceparent: remote } });
      make('below sentry', { parent: sentry });
      make('below context', { parent: context });
      make('malformed', { parent: { traceparent: 'x' } });
      make('text', { parent: 'x' });
      open.run(() => {
        make('active', {});
        make('alone', { parent: null });
        make('own parent', { parent: ended });
      });
      make('root');
      open.end();
      return { spans: t.bufferedSpans(), ids: { open: open.spanId, ended: ended.spanId } };
    }, REMOTE);
    const by = Object.fromEntries(spans.map((span) => [span.name, span]));
    const parent = (name) => by[name].parentSpanId;
    assert.equal(parent('below open'), ids.open);
    assert.equal(parent('below ended'), ids.ended);
    assert.equal(parent('child of ended'), ids.ended);
    assert.equal(by['below ended'].traceId, by.ended.traceId);
    assert.equal(parent('below carrier'), 'b7ad6b7169203331');
    assert.equal(by['below carrier'].traceId, TRACE);
    assert.equal(parent('below sentry'), 'b0e6f15b45c36b12');
    assert.equal(parent('below context'), 'b7ad6b7169203331');
    assert.equal(parent('active'), ids.open);
    assert.equal(parent('own parent'), ids.ended);
    for (const name of ['malformed', 'text', 'alone', 'root', 'open'])
      assert.equal(parent(name), undefined, name);
    const roots = ['malformed', 'text', 'alone', 'root', 'open', 'ended'];
    assert.equal(new Set(roots.map((name) => by[name].traceId)).size, roots.length);
  },

  'links at start: spans, carriers and contexts; what is none is left out': async ({
    start,
    run,
  }) => {
    await start();
    const [links, other] = await run((remote) => {
      const { t } = window;
      const other = t.startSpan('other');
      t.startSpan('linked', {
        parent: null,
        links: [
          { context: other, attributes: { n: 1 } },
          { context: { traceparent: remote } },
          { context: { traceparent: 'nonsense' } },
          { context: null },
          { context: t.extractMessageContext({ traceparent: remote }), attributes: { m: [1] } },
        ],
      }).end();
      t.startSpan('not a list', { links: 5 }).end();
      const { spanId, traceId } = other;
      return [t.bufferedSpans()[0].links, { spanId, traceId }];
    }, REMOTE);
    const remote = { traceId: TRACE, spanId: 'b7ad6b7169203331' };
    assert.deepEqual(links, [
      { ...other, attributes: { n: 1 } },
      { ...remote, attributes: {} },
      { ...remote, attributes: { m: [1] } },
    ]);
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

  'inject: the formats of propagate into objects and Headers': async ({ start, run, open }) => {
    const inject = () => {
      const { t } = window;
      const span = t.startSpan('a');
      const carrier = span.inject({ 'x-own': '1', traceparent: 'old' });
      const headers = span.inject(new Headers({ accept: 'x' }));
      const frozen = span.inject(Object.freeze({ a: 1 }));
      return {
        carrier,
        headers: Object.fromEntries(headers),
        frozen,
        trace: span.traceId,
        own: span.traceparent,
        id: span.spanId,
      };
    };
    await start({ endpoint: null, tracestate: { key: 'me', value: '1' } });
    const both = await run(inject);
    assert.equal(both.carrier.traceparent, both.own);
    assert.equal(both.carrier.tracestate, 'me=1');
    assert.equal(both.carrier['sentry-trace'], `${both.trace}-${both.id}-1`);
    assert.match(both.carrier.baggage, new RegExp(`sentry-trace_id=${both.trace}`));
    assert.equal(both.headers.traceparent, both.own);
    assert.equal(both.headers.accept, 'x');
    assert.deepEqual(both.frozen, { a: 1 });
    await start({ endpoint: null, propagate: ['w3c'] });
    const w3c = await run(inject);
    assert.deepEqual(Object.keys(w3c.carrier).sort(), ['traceparent', 'x-own']);
    await start({ endpoint: null, propagate: ['sentry'] });
    const sentry = await run(inject);
    assert.deepEqual(Object.keys(sentry.carrier).sort(), [
      'baggage',
      'sentry-trace',
      'traceparent',
      'x-own',
    ]);
    assert.equal(sentry.carrier.traceparent, 'old');
    await start({ endpoint: null, propagate: [] });
    assert.deepEqual((await run(inject)).carrier, { 'x-own': '1', traceparent: 'old' });
    await open();
    assert.deepEqual((await run(inject)).carrier, { 'x-own': '1', traceparent: 'old' });
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
