// Where a span stands among others: its parent, its links, and what it writes into carriers.
import assert from 'node:assert/strict';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const REMOTE = `00-${TRACE}-b7ad6b7169203331-01`;

export const contexts = {
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
};
