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
      const url = 'https://user:pw@host/p?token=hush-hush&q=1&ticket=9#part';
      t.startSpan(`GET ${url}`)
        .setAttributes({
          url,
          list: [url],
          card: 'secret-4111',
          'http.request.header.cookie': 'a=b',
        })
        .setAttribute('card', 9_876_543_210)
        .addEvent(`at ${url}`, { url })
        .addLink({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }, { url })
        .recordException(new Error(`failed: ${url}`))
        .end();
      return t.bufferedSpans();
    });
    const text = JSON.stringify(span);
    for (const secret of [
      'hush-hush',
      'user:pw',
      'secret-4111',
      '9876543210',
      'a=b',
      'ticket=9',
      '#part',
      'user:',
    ])
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

  'what gives way to maxOpenSpans, or is open at shutdown, is reported and sent': async (
    context,
  ) => {
    const sink = context.site.sink();
    await context.start({ endpoint: sink.url, maxOpenSpans: 2, flushIntervalMs: 50 });
    await context.run(() => {
      window.heard = [];
      window.t.onSpanEnd(({ name }) => window.heard.push(name));
      for (const name of ['a', 'b', 'c']) window.t.startSpan(name);
    });
    await sink.until(() => sink.spans().length === 1);
    await context.page.waitForFunction(() => window.heard.length === 1);
    await context.run(() => window.t.shutdown());
    assert.deepEqual(await context.run(() => window.heard.toSorted()), ['a', 'b', 'c']);
    assert.equal(sink.spans().length, 3);
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
};
