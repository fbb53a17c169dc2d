// Values that the page hands over: limits, redaction, sampling, attributes for all; and hostile ones.
import assert from 'node:assert/strict';

const bytes = (text) => Buffer.byteLength(text);

export const values = {
  'attributes: types, limits, and what is dropped is counted': async ({ start, run, site }) => {
    const sink = site.sink();
    await start({ endpoint: sink.url });
    await run(async () => {
      const { t } = window;
      const span = t.startSpan('n'.repeat(2000));
      span.setAttributes({
        int: Number.MAX_SAFE_INTEGER,
        negative: -7,
        beyond: 2 ** 53,
        nan: Number.NaN,
        infinite: -Infinity,
        texts: ['a', 'ä'],
        numbers: [1, 2.5],
        flags: [true, false],
        empty: [],
        long: `${'x'.repeat(4095)}€`,
        wide: '😀'.repeat(3000),
        many: Array.from({ length: 200 }, (_, index) => index),
        '': 'no key',
        ['k'.repeat(300)]: 'key too long',
        mixed: [1, 'a'],
        holes: [1, null],
        nested: [[1]],
        object: { a: 1 },
        date: new Date(),
        big: 5n,
        fn: () => {},
        symbol: Symbol('s'),
        none: null,
        absent: undefined,
      });
      span.end();
      const full = t.startSpan('full');
      for (let index = 0; index < 200; index++) full.setAttribute(`k${index}`, index);
      full.setAttribute('k5', 'again');
      for (let index = 0; index < 200; index++) full.addEvent(`e${index}`).addLink(span);
      full.end();
      const surrogate = t.startSpan('\ud800 alone').setAttribute('s', 'a\udc00b');
      surrogate.end();
      await t.flush();
    });
    const [span, full, surrogate] = sink.spans();
    assert.equal(span.name.length, 1024);
    const { long, wide, many, nan, ...rest } = span.attributes;
    assert.deepEqual(rest, {
      int: Number.MAX_SAFE_INTEGER,
      negative: -7,
      beyond: 2 ** 53,
      infinite: -Infinity,
      texts: ['a', 'ä'],
      numbers: [1, 2.5],
      flags: [true, false],
      empty: [],
    });
    assert.ok(Number.isNaN(nan));
    assert.equal(long, 'x'.repeat(4095), 'a character that does not fit is left out whole');
    assert.equal(wide, '😀'.repeat(1024));
    assert.ok(bytes(wide) <= 4096);
    assert.deepEqual(many, [...Array(128).keys()]);
    assert.equal(span.droppedAttributesCount, 10, 'empty and long key, eight wrong types');
    assert.equal(Object.keys(full.attributes).length, 128);
    assert.equal(full.attributes.k5, 'again');
    assert.equal(full.droppedAttributesCount, 72);
    assert.deepEqual([full.events.length, full.droppedEventsCount], [128, 72]);
    assert.deepEqual([full.links.length, full.droppedLinksCount], [128, 72]);
    assert.equal(surrogate.name, '\ufffd alone');
    assert.equal(surrogate.attributes.s, 'a\ufffdb');
  },

  'redaction reaches names, attributes, events, exceptions and status': async ({ start, run }) => {
    await start({ endpoint: null, redact: { attributes: ['card'], queryParameters: ['ticket'] } });
    const [span] = await run(() => {
      const { t } = window;
      const url = 'https://user:pw@host/p?token=abc&q=1&ticket=9#part';
      t.startSpan(`GET ${url}`)
        .setAttributes({
          url,
          list: [url],
          card: 'secret-4111',
          'http.request.header.cookie': 'a=b',
        })
        .setAttribute('card', 41_110)
        .addEvent(`at ${url}`, { url })
        .addLink({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }, { url })
        .recordException(new Error(`failed: ${url}`))
        .end();
      return t.bufferedSpans();
    });
    const text = JSON.stringify(span);
    for (const secret of ['abc', 'pw', 'secret-4111', '41110', 'a=b', 'ticket=9', '#part', 'user:'])
      assert.equal(text.includes(secret), false, `${secret} in ${text}`);
    assert.equal(span.attributes.url, 'https://host/p?token=REDACTED&q=1&ticket=REDACTED');
    assert.equal(span.attributes.card, 'REDACTED');
    assert.match(span.name, /^GET https:\/\/host\/p\?token=REDACTED/);
    assert.match(span.status.message, /REDACTED/);
  },

  'setAttributes: on spans from now on, null removes': async ({ start, run }) => {
    await start();
    const attributes = await run(() => {
      const { t } = window;
      const before = t.startSpan('before');
      t.setAttributes({ user: 'u1', role: 'admin', list: [1], gone: undefined });
      const during = t.startSpan('during', { attributes: { role: 'own' } });
      t.setAttributes({ user: null, list: 'x', unknown: null });
      const after = t.startSpan('after');
      for (const span of [before, during, after]) span.end();
      return t.bufferedSpans().map((span) => span.attributes);
    });
    assert.deepEqual(attributes, [
      {},
      { user: 'u1', role: 'own', list: [1] },
      { role: 'admin', list: 'x' },
    ]);
  },

  'sampleRate: 0, a share, the default of production, null': async ({ start, run, stats }) => {
    const share = (options) =>
      start({ endpoint: null, ...options }).then(() =>
        run(() => {
          const { t } = window;
          let sampled = 0;
          for (let index = 0; index < 4000; index++) {
            const span = t.startSpan('s');
            const child = span.child('c');
            if (child.sampled !== span.sampled) return 'a child that decides for itself';
            if (span.sampled) sampled++;
            child.end();
            span.end();
          }
          return sampled / 4000;
        }),
      );
    assert.equal(await share({ sampleRate: 0 }), 0);
    assert.deepEqual([(await stats()).started, (await stats()).notSampled], [0, 8000]);
    for (const options of [{ sampleRate: 0.1 }, { environment: 'production' }]) {
      const rate = await share(options);
      assert.ok(rate > 0.07 && rate < 0.13, `${JSON.stringify(options)}: ${rate}`);
    }
    assert.equal(await share({ environment: 'staging' }), 1);
    assert.equal(await share({ environment: 'production', sampleRate: 1 }), 1);
    assert.equal(await share({ sampleRate: null, tracesSampler: undefined }), 0);
    const counts = await stats();
    assert.deepEqual([counts.started, counts.notSampled], [0, 0], 'null is no decision');
    const passed = await run(() =>
      ['01', '00'].map((flags) => {
        const parent = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-${flags}` };
        return window.t.startSpan('s', { parent }).traceparent.slice(-2);
      }),
    );
    assert.deepEqual(passed, ['01', '00'], 'incoming decisions are passed on');
  },

  'tracesSampler: asked for roots, its answer counts if it is one': async ({
    open,
    run,
    stats,
  }) => {
    await open();
    const [results, asked, contexts] = await run(async () => {
      const { t } = window;
      const answers = {
        yes: true,
        no: false,
        one: 1,
        zero: 0,
        nan: Number.NaN,
        two: 2,
        text: '1',
        inherit: 'inherit',
        throw: 'throw',
        recursive: 'recursive',
      };
      const contexts = [];
      const asked = [];
      await t.init({
        serviceName: 'x',
        endpoint: null,
        sampleRate: 1,
        tracesSampler(context) {
          asked.push(context.name);
          contexts.push({ kind: context.kind, attributes: context.attributes });
          const answer = answers[context.name];
          if (answer === 'throw') throw new Error('mine');
          if (answer === 'inherit') return context.inheritOrSampleWith(0);
          if (answer === 'recursive') {
            t.startSpan('recursive').end();
            return 0;
          }
          return answer;
        },
      });
      const results = {};
      for (const name of Object.keys(answers)) {
        const span = t.startSpan(name, { kind: 'client', attributes: { a: 1 } });
        results[name] = [span.sampled, span.child('child').sampled];
      }
      const parent = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` };
      results.incoming = [t.startSpan('yes', { parent }).sampled];
      return [results, asked, contexts];
    });
    const both = (sampled) => [sampled, sampled];
    assert.deepEqual(results, {
      yes: both(true),
      no: both(false),
      one: both(true),
      zero: both(false),
      nan: both(true),
      two: both(true),
      text: both(true),
      inherit: both(false),
      throw: both(true),
      recursive: both(false),
      incoming: [false],
    });
    assert.equal(asked.length, 10, 'once for each root');
    assert.deepEqual(contexts[0], { kind: 'client', attributes: { a: 1 } });
    await stats();
  },

  'past maxOpenSpans the oldest ends as incomplete': async ({ start, run, stats }) => {
    await start({ endpoint: null, maxOpenSpans: 10 });
    const spans = await run(() => {
      const { t } = window;
      const open = Array.from({ length: 25 }, (_, index) => t.startSpan(`s${index}`));
      for (const span of open) span.setAttribute('late', true).end();
      return t.bufferedSpans();
    });
    assert.equal(spans.length, 25);
    spans.forEach(({ name, attributes }, index) => {
      assert.equal(name, `s${index}`);
      const incomplete = index < 15;
      assert.deepEqual(attributes, incomplete ? { 'tracelink.incomplete': true } : { late: true });
    });
    assert.equal((await stats()).open, 0);
  },

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
    assert.ok(on.ms < 5_000, `${on.ms} ms for ${on.calls} calls: ${on.slow}`);
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
};
