// The retained buffer: read, cleared, listened to, exported; never touching delivery.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRequest } from './support/protobuf.mjs';

export const buffer = {
  'retain: the last ones, oldest first; by default 1,000 where spans stay or debug is set': async (
    context,
  ) => {
    const { site, start, run, stats } = context;
    const sink = site.sink();
    const kept = (options) =>
      start({ endpoint: null, ...options }).then(() =>
        run(() => {
          for (let index = 0; index < 1200; index++) window.t.startSpan(`s${index}`).end();
          const names = window.t.bufferedSpans().map(({ name }) => name);
          return [names.length, names[0], names.at(-1)];
        }),
      );
    assert.deepEqual(await kept({ buffer: { retain: 3 } }), [3, 's1197', 's1199']);
    assert.equal((await kept({ buffer: { retain: 0 } }))[0], 0);
    assert.deepEqual(await kept({}), [1000, 's200', 's1199']);
    assert.deepEqual(await kept({ endpoint: sink.url, debug: true }), [1000, 's200', 's1199']);
    assert.equal((await kept({ endpoint: sink.url }))[0], 0);
    await stats();
  },

  'clearBuffer forgets what is retained and nothing else': async ({ site, start, run, stats }) => {
    const sink = site.sink();
    await start({ endpoint: sink.url, debug: true });
    const lengths = await run(async () => {
      const { t } = window;
      t.startSpan('a').end();
      const before = t.bufferedSpans().length;
      t.clearBuffer();
      const after = t.bufferedSpans().length;
      t.startSpan('b').end();
      await t.flush();
      return [before, after, t.bufferedSpans().length];
    });
    assert.deepEqual(lengths, [1, 0, 1]);
    assert.deepEqual(sink.names(), ['a', 'b']);
    assert.equal((await stats()).delivered, 2);
  },

  'onSpanEnd: each span once, in order; removed, failing and re-entrant listeners': async (
    context,
  ) => {
    const { site, start, run, stats, thrown } = context;
    const sink = site.sink();
    await start({ endpoint: sink.url });
    const seen = await run(async () => {
      const { t } = window;
      const seen = { first: [], second: [], record: undefined };
      const task = () => new Promise((done) => setTimeout(done, 20));
      // What reads spans arrives when the first listener has asked for it.
      const until = async (holds) => {
        while (!holds()) await task();
      };
      const listener = (span) => seen.first.push(span.name);
      const remove = t.onSpanEnd(listener);
      const removeTwin = t.onSpanEnd(listener);
      removeTwin();
      removeTwin();
      const removeFailing = t.onSpanEnd(() => {
        throw new Error('of the listener');
      });
      const removeSecond = t.onSpanEnd((span) => {
        seen.second.push(span.name);
        seen.record = span;
        if (span.name === 'b') t.startSpan('from a listener').end();
      });
      t.startSpan('a').end();
      t.startSpan('b', { kind: 'client', attributes: { list: ['x'] } }).end();
      await until(() => seen.second.length === 3);
      removeFailing();
      remove();
      t.startSpan('c').end();
      await task();
      removeSecond();
      t.startSpan('d').end();
      await task();
      return seen;
    });
    assert.deepEqual(seen.first, ['a', 'b', 'from a listener']);
    assert.deepEqual(seen.second, ['a', 'b', 'from a listener', 'c']);
    assert.equal(seen.record.name, 'c');
    assert.equal(seen.record.serviceName, 'page');
    const errors = thrown();
    assert.equal(errors.length, 3, 'the page hears of its own errors');
    for (const error of errors) assert.match(error, /of the listener/);
    await run(() => window.t.flush());
    assert.equal((await stats()).delivered, 5);
  },

  'exportBuffer: JSON and protobuf that others can read, and say the same': async ({
    start,
    run,
  }) => {
    await start({ endpoint: null, serviceVersion: '3' });
    const [text, bytes, again, ids] = await run(() => {
      const { t } = window;
      const span = t.startSpan('exported', { kind: 'producer', startTime: 10 });
      span.setAttributes({ text: 'ä', int: -1, double: 0.5, yes: true, list: [1, 2] });
      span.addEvent('event', { n: 1 }, 11).addLink(t.startSpan('other'), { why: 'x' });
      span.setStatus('error', 'bad').end(12);
      const bytes = t.exportBuffer('protobuf');
      return [t.exportBuffer(), [...bytes], t.exportBuffer('json'), [span.traceId, span.spanId]];
    });
    assert.equal(again, text);
    const json = JSON.parse(text);
    const proto = readRequest(Uint8Array.from(bytes));
    for (const { resourceSpans } of [json, proto]) {
      const [span] = resourceSpans[0].scopeSpans[0].spans;
      assert.deepEqual([span.traceId, span.spanId], ids);
      assert.deepEqual([span.name, span.kind], ['exported', 4]);
      assert.deepEqual(span.status, { code: 2, message: 'bad' });
      assert.equal(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano), 2_000_000n);
      assert.equal(span.events[0].name, 'event');
      assert.equal(span.links.length, 1);
    }
    const [span] = proto.resourceSpans[0].scopeSpans[0].spans;
    assert.deepEqual(span.attributes, { text: 'ä', int: -1, double: 0.5, yes: true, list: [1, 2] });
    assert.equal(proto.resourceSpans[0].resource.attributes['service.version'], '3');
    assert.match(
      proto.resourceSpans[0].schemaUrl ?? proto.resourceSpans[0].scopeSpans[0].schemaUrl,
      /opentelemetry\.io/,
    );
    const [jsonSpan] = json.resourceSpans[0].scopeSpans[0].spans;
    assert.deepEqual(jsonSpan.attributes.slice(0, 2), [
      { key: 'text', value: { stringValue: 'ä' } },
      { key: 'int', value: { intValue: '-1' } },
    ]);
  },

  'an empty buffer exports an empty request': async ({ start, run, open }) => {
    const both = () => [window.t.exportBuffer(), window.t.exportBuffer('protobuf').length];
    await open();
    assert.deepEqual(await run(both), ['{"resourceSpans":[]}', 0]);
    await start();
    const [text] = await run(both);
    const spans = JSON.parse(text).resourceSpans.flatMap(({ scopeSpans }) =>
      (scopeSpans ?? []).flatMap((scope) => scope.spans ?? []),
    );
    assert.deepEqual(spans, []);
  },

  "debug: 'console' prints one line for each span": async ({ start, run, said }) => {
    await start({ endpoint: null, debug: 'console' });
    await run(async () => {
      window.t.startSpan('fine', { startTime: 0 }).end(12.34);
      window.t.startSpan('bad').setStatus('error').end();
      await new Promise((done) => setTimeout(done, 50));
    });
    const lines = said();
    assert.equal(lines.length, 2, lines.join('\n'));
    assert.match(lines[0], /fine 12\.3 ms/);
    assert.match(lines[1], /bad .*failed/);
  },

  'what reads spans is loaded when it is asked for, and not before': async (context) => {
    const { site, open, run } = context;
    const sink = site.sink();
    const loaded = () =>
      run(() => performance.getEntriesByType('resource').some(({ name }) => /inspect/.test(name)));
    const asked = async (options, entry) => {
      await open({ entry });
      await run((given) => window.t.init({ serviceName: 'x', ...given }), options);
      return loaded();
    };
    const endpoint = sink.url;
    assert.equal(await asked({}), false, 'by default');
    assert.equal(await asked({ endpoint }), false);
    await run(() => window.t.bufferedSpans());
    assert.equal(await loaded(), false, 'nothing to read');
    await run(() => window.t.onSpanEnd(() => {}));
    for (let round = 0; !(await loaded()) && round < 200; round++) await sleep(20);
    assert.equal(await loaded(), true, 'for a listener');
    for (const options of [
      { endpoint: null },
      { endpoint, debug: true },
      { endpoint, buffer: { retain: 1 } },
      { endpoint, protocol: 'http/json' },
      { endpoint, buffer: { retain: 0 }, debug: 'console' },
    ])
      assert.equal(await asked(options), true, JSON.stringify(options));
    assert.equal(await asked({ endpoint: null }, 'inline'), false, 'inline has it');
  },

  'listeners from before init hear of everything, however late the reader comes': async (
    context,
  ) => {
    const { site, open, run } = context;
    await open();
    const names = await run(async (endpoint) => {
      const { t } = window;
      const names = [];
      t.onSpanEnd(({ name, serviceName }) => names.push(`${serviceName} ${name}`));
      const done = t.init({ serviceName: 'x', endpoint });
      t.startSpan('starting').end();
      await done;
      t.startSpan('on').end();
      while (names.length < 2) await new Promise((done) => setTimeout(done, 20));
      return names;
    }, site.sink().url);
    assert.deepEqual(names, ['x starting', 'x on']);
  },

  'without what reads spans: one warning, and they are sent as ever': async (context) => {
    const { site, open, run, said, thrown, browserName } = context;
    const sink = site.sink();
    // Only the entry point may be loaded as a script.
    const csp = `script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' ${site.url}/dist/index.js`;
    await open({ csp });
    const result = await run(async (endpoint) => {
      const { t } = window;
      const result = await t.init({ serviceName: 'x', endpoint, debug: true });
      t.startSpan('sent').end();
      return [result, t.bufferedSpans(), t.exportBuffer(), (await t.flush()).delivered];
    }, sink.url);
    assert.deepEqual(result, [{ ok: true }, [], '{"resourceSpans":[]}', 1]);
    assert.deepEqual(sink.names(), ['sent']);
    assert.equal(said().length, 1, browserName);
    await open({ csp });
    const refused = await run(async (endpoint) => {
      const options = { serviceName: 'x', endpoint, protocol: 'http/json' };
      const { ok, reason, error } = await window.t.init(options);
      return [ok, reason, error instanceof Error];
    }, sink.url);
    assert.deepEqual(refused, [false, 'load', true], 'nothing is lost without a word');
    assert.equal(said().length, 1);
    assert.deepEqual(thrown(), []);
  },
};
