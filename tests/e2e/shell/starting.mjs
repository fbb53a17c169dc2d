// Until init settles: what was done meanwhile is kept, bounded, replayed or forgotten.
import assert from 'node:assert/strict';

const REMOTE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const UNSAMPLED = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00';

export const starting = {
  'starting: what was done meanwhile is replayed in order, at its times': async (context) => {
    const { open, run, stats } = context;
    await open();
    const [handed, spans] = await run(
      async (remote, unsampled) => {
        const { t } = window;
        const done = t.init({ serviceName: 'x', endpoint: null });
        const list = [1, 2];
        const root = t.startSpan('root', { attributes: { list }, startTime: 5 });
        list.push(3);
        const handed = {
          traceparent: root.traceparent,
          sampled: root.sampled,
          inject: root.inject({}),
        };
        const child = root.child('child', { kind: 'client', startTime: 6 });
        child.setAttribute('order', 1).setAttribute('order', 2).addEvent('e', { a: true }, 7);
        child.end(9);
        child.setAttribute('order', 3);
        const below = t.startSpan('below', { parent: { traceparent: remote } });
        below.child('grandchild').end();
        const not = t.startSpan('not', { parent: { traceparent: unsampled } });
        not.child('not either').end();
        const bad = t.startSpan('bad', { parent: { traceparent: `${remote}-more` } });
        const badChild = bad.child('bad child');
        t.setAttributes({ user: 'u' });
        const after = t.startSpan('after');
        t.withSpan('with', (span) => span.setAttribute('active', t.activeSpan() === span));
        await done;
        for (const span of [root, below, not, bad, badChild, after]) span.end();
        return [
          { ...handed, root: root.traceparent, below: below.traceparent, bad: bad.traceId },
          t.bufferedSpans(),
        ];
      },
      REMOTE,
      UNSAMPLED,
    );
    const by = (name) => spans.find((span) => span.name === name);
    assert.match(handed.traceparent, /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-00$/);
    assert.equal(handed.sampled, false);
    assert.deepEqual(handed.inject, {});
    assert.equal(handed.root, handed.traceparent.replace(/0$/, '1'));
    const root = by('root');
    const child = by('child');
    assert.equal(handed.traceparent.slice(3, 52), `${root.traceId}-${root.spanId}`);
    assert.deepEqual(root.attributes.list, [1, 2]);
    assert.equal(child.parentSpanId, root.spanId);
    assert.equal(child.attributes.order, 2);
    assert.equal(child.kind, 'client');
    const nano = (ms) => BigInt(Math.round(ms * 1e6));
    const start = BigInt(root.startTimeUnixNano);
    assert.equal(BigInt(child.endTimeUnixNano) - start, nano(4));
    assert.equal(BigInt(child.events[0].timeUnixNano) - start, nano(2));
    assert.equal(by('below').parentSpanId, REMOTE.slice(36, 52));
    assert.equal(by('grandchild').traceId, REMOTE.slice(3, 35));
    assert.equal(by('grandchild').parentSpanId, by('below').spanId);
    assert.equal(handed.below.slice(-2), '01');
    assert.equal(by('not'), undefined, 'the decision that came wins');
    assert.equal(by('not either'), undefined, 'for those below it too');
    assert.equal(by('bad').parentSpanId, undefined, 'malformed: a trace of its own');
    assert.equal(by('bad').traceId, handed.bad);
    assert.equal(by('bad child').traceId, by('bad').traceId);
    assert.equal(by('bad child').parentSpanId, by('bad').spanId);
    assert.notEqual(by('bad').traceId, REMOTE.slice(3, 35));
    assert.equal(by('after').attributes.user, 'u');
    assert.equal(by('root').attributes.user, undefined);
    assert.equal(by('with').attributes.active, true);
    const counts = await stats();
    assert.equal(counts.notSampled, 2);
    assert.equal(counts.open, 0);
  },

  'starting: past 1,000 operations spans count as buffer_full': async ({ open, run, stats }) => {
    await open();
    const kept = await run(async () => {
      const { t } = window;
      const done = t.init({ serviceName: 'x', endpoint: null });
      // One more operation, so that the last place goes to a start.
      const odd = t.startSpan('odd');
      for (let index = 0; index < 1500; index++) t.startSpan(`s${index}`).end();
      await done;
      odd.end();
      return t.bufferedSpans().length;
    });
    const counts = await stats();
    assert.equal(counts.started, 1501);
    assert.equal(counts.open, 0, 'what has begun also ends');
    assert.equal(counts.dropped.buffer_full, 1501 - counts.kept);
    assert.equal(kept, counts.kept);
    assert.ok(counts.kept >= 500 && counts.kept <= 1000, `${counts.kept}`);
  },

  'starting: what began in the last place ends too': async ({ open, run, stats }) => {
    for (const [last, name] of [
      ['request', 'GET'],
      ['page load', 'documentLoad'],
    ]) {
      await open();
      const spans = await run(async (last) => {
        const { t } = window;
        const native = window.fetch;
        let release;
        const held = new Promise((resolve) => {
          release = resolve;
        });
        window.fetch = async (request) => {
          if (request.url.endsWith('.wasm')) await held;
          return native(request);
        };
        const done = t.init({ serviceName: 'x', endpoint: null, buffer: { retain: 2000 } });
        for (let index = 0; index < 999; index++) t.startSpan('waits');
        if (last === 'request') await (await t.tracedFetch('data:,x')).text();
        else t.tracePageLoad('here');
        release();
        await done;
        const ended = new Promise((resolve) => t.onSpanEnd(resolve));
        if (t.bufferedSpans().length === 0) await ended;
        return t.bufferedSpans().map(({ name }) => name);
      }, last);
      assert.ok(spans.includes(name), `${name} among ${spans}`);
      assert.equal((await stats()).open, 999);
    }
  },

  'starting, then refused: forgotten, with one warning': async ({ open, run, stats, said }) => {
    await open();
    const spans = await run(async () => {
      const { t } = window;
      const options = { serviceName: 'x', endpoint: null };
      const done = t.init({ ...options, wasm: { url: '/nowhere.wasm' } });
      const span = t.startSpan('lost');
      for (let index = 0; index < 1500; index++) t.startSpan('many');
      await done;
      span.setAttribute('a', 1).end();
      await t.init(options);
      span.setAttribute('b', 1).end();
      t.startSpan('kept', { parent: span }).end();
      return t.bufferedSpans().map(({ name }) => name);
    });
    assert.deepEqual(spans, ['kept']);
    assert.deepEqual((await stats()).dropped, {});
    const [warning, ...more] = said();
    assert.match(warning, /^warn: tracelink is off, because it did not load/);
    assert.deepEqual(more, []);
  },

  'shutdown while starting, then init again: the second one counts': async ({
    open,
    run,
    stats,
  }) => {
    await open();
    const [results, service] = await run(async () => {
      const { t } = window;
      const first = t.init({ serviceName: 'first', endpoint: null });
      t.startSpan('lost').end();
      await t.shutdown();
      const second = t.init({ serviceName: 'second', endpoint: null });
      const results = [(await first).ok, (await second).ok];
      t.startSpan('kept').end();
      return [results, t.bufferedSpans().map((span) => `${span.serviceName} ${span.name}`)];
    });
    assert.deepEqual(results, [false, true]);
    assert.deepEqual(service, ['second kept']);
    assert.equal((await stats()).started, 1);
  },

  'init that does not wait for shutdown: tracing goes on once what was there is sent': async (
    context,
  ) => {
    const { site, start, run } = context;
    const sink = site.sink();
    sink.answers.push({ delay: 300 });
    await start({ endpoint: sink.url });
    const result = await run(async (endpoint) => {
      const { t } = window;
      t.startSpan('before').end();
      const closed = t.shutdown();
      const result = await t.init({ serviceName: 'page', endpoint });
      await closed;
      t.startSpan('after').end();
      await t.flush();
      return result;
    }, sink.url);
    assert.deepEqual(result, { ok: true });
    assert.deepEqual(sink.names(), ['before', 'after']);
  },

  'shutdown at once while another one still sends: nobody waits, and init may follow': async (
    context,
  ) => {
    const { site, start, run } = context;
    const sink = site.sink();
    sink.answers.push({ delay: 600 });
    await start({ endpoint: sink.url });
    const seen = await run(async () => {
      const { t } = window;
      t.startSpan('before').end();
      const flushed = t.flush();
      const closed = t.shutdown();
      await t.shutdown({ discard: true });
      const result = await t.init({ serviceName: 'page', endpoint: null });
      await closed;
      const { delivered, dropped } = await flushed;
      const span = t.startSpan('after');
      span.end();
      return { result, sampled: span.sampled, delivered, dropped };
    });
    assert.deepEqual(seen, { result: { ok: true }, sampled: true, delivered: 0, dropped: 0 });
  },
};
