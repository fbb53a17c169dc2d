// Requests to other origins, with real servers: nothing that was allowed fails, and nobody gets headers unasked.
import assert from 'node:assert/strict';
import { inEveryBrowser, startWith } from './support/scenarios.mjs';

const CARRIERS = ['traceparent', 'tracestate', 'baggage', 'sentry-trace'];

/** What the servers saw of a request: methods, and the names of the carriers, in order. */
const seenBy = ({ run }, origin, key) =>
  run(
    async (origin, key, carriers) => {
      const all = await window.log2(origin, key);
      return all.map(({ m, h }) => [m, carriers.filter((name) => name in h).join()]);
    },
    origin,
    key,
    CARRIERS,
  );

/** A request, whatever becomes of it: its status, or the error's name. */
const outcome = ({ run }, url, init) =>
  run(
    async (url, init) => {
      const { ok, status, name } = await window.err(window.t.tracedFetch(url, init));
      return ok ? status : name;
    },
    url,
    init,
  );

inEveryBrowser({
  'what needs no preflight needs none with us': async (context) => {
    const { other } = context.site;
    await context.start();
    for (const [key, init] of [
      ['get', {}],
      ['post', { method: 'POST', body: 'text' }],
      ['own', { headers: { accept: 'text/plain' } }],
    ]) {
      assert.equal(await outcome(context, `${other}/echo?cors=1&${key}=1`, init), 200);
      assert.deepEqual(await seenBy(context, other, `${key}=1`), [[init.method ?? 'GET', '']]);
    }
  },

  'a target gets a preflight that names the headers, and then the headers': async (context) => {
    const { other, origin } = context.site;
    await startWith(context, `{ tracePropagationTargets: ['${other}/echo'] }`);
    assert.equal(await outcome(context, `${other}/echo?cors=all&k=allowed`), 200);
    const names = 'traceparent,baggage,sentry-trace';
    assert.deepEqual(await seenBy(context, other, 'allowed'), [
      ['OPTIONS', ''],
      ['GET', names],
    ]);
    const asked = await context.run(async (far) => {
      const [{ h }] = await window.log2(far, 'allowed');
      return h['access-control-request-headers'];
    }, other);
    assert.deepEqual(asked.split(/,\s*/).sort(), names.split(',').sort());
    // Only what is listed, by origin and path.
    assert.equal(await outcome(context, `${other}/status?code=200&cors=1&k=path`), 200);
    assert.equal(await outcome(context, `${other}/status?code=200&cors=1&k=/echo`), 200);
    assert.equal(await outcome(context, '/echo?k=home'), 200);
    for (const key of ['path', '/echo'])
      assert.deepEqual(await seenBy(context, other, `k=${key}`), [['GET', '']]);
    assert.deepEqual(await seenBy(context, origin, 'home'), [['GET', '']]);
  },

  'a path of the own origin that leads elsewhere is taken out by not': async (context) => {
    const { other, origin } = context.site;
    const to = (key) => `${other}/echo?cors=1&k=${key}`;
    const path = (key) => `/redirect?to=${encodeURIComponent(to(key))}`;
    await context.start();
    // The browser asks the other origin about headers that it does not allow.
    assert.equal(await outcome(context, path('default')), 'TypeError');
    assert.deepEqual(await seenBy(context, other, 'k=default'), [['OPTIONS', '']]);

    await startWith(context, `{ tracePropagationTargets: [{ not: '/redirect' }] }`);
    assert.equal(await outcome(context, path('excluded')), 200);
    assert.deepEqual(await seenBy(context, other, 'k=excluded'), [['GET', '']]);
    assert.equal(await outcome(context, '/echo?k=others'), 200);
    const [[, carriers]] = await seenBy(context, origin, 'k=others');
    assert.match(carriers, /^traceparent/, 'all other paths have headers');
    // Within the origin headers go along.
    assert.equal(await outcome(context, '/redirect?to=%2Fecho%3Fk%3Dwithin'), 200);
    assert.deepEqual((await seenBy(context, origin, 'k=within')).at(-1), ['GET', '']);
    await context.start();
    assert.equal(await outcome(context, '/redirect?to=%2Fecho%3Fk%3Dkept'), 200);
    assert.match((await seenBy(context, origin, 'k=kept')).at(-1)[1], /^traceparent/);
  },

  "the caller's headers stay as they are": async (context) => {
    await context.start({ tracestate: { key: 'us', value: '1' } });
    const seen = await context.run(async () => {
      const h = async (headers) => (await window.J(window.t.tracedFetch('/echo', { headers }))).h;
      return {
        state: await h({ tracestate: 'theirs=1' }),
        odd: await h({ Baggage: ' a = 1 ;p=2, broken member, b="x" ', 'X-Own': '1' }),
        sentry: await h({ 'Sentry-Trace': 'mine' }),
      };
    });
    assert.deepEqual(
      [seen.state.tracestate, seen.state.traceparent, 'sentry-trace' in seen.state],
      ['theirs=1', undefined, true],
    );
    assert.ok(seen.odd.baggage.startsWith('a = 1 ;p=2, broken member, b="x",sentry-trace_id='));
    assert.equal(seen.odd['x-own'], '1');
    const { 'sentry-trace': own, baggage = '' } = seen.sentry;
    assert.deepEqual([own, baggage], ['mine', '']);
  },

  'baggage is limited in bytes, by whole members': async (context) => {
    const baggageFor = (options, baggage) =>
      context.start(options).then(() =>
        context.run(async (baggage) => {
          const parent = { traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`, baggage };
          const span = window.t.startSpan('a', { parent });
          return (await window.J(span.fetch('/echo'))).h.baggage ?? '';
        }, baggage),
      );
    const w3c = { propagate: ['w3c'] };
    const members = Array.from({ length: 70 }, (_, at) => `k${at}=v;p=%C3%A9`);
    assert.equal(await baggageFor(w3c, members.join()), members.slice(0, 64).join());
    const full = `a=${'x'.repeat(4093)},b=1`;
    assert.equal(await baggageFor(w3c, full), full.slice(0, 4095), 'by default 4,096');
    assert.equal(await baggageFor(w3c, `b=1,${full}`), 'b=1,b=1');
    const most = { ...w3c, maxBaggageBytes: 8192 };
    const whole = `a=${'x'.repeat(8190)}`;
    assert.equal(await baggageFor(most, whole), whole);
    assert.equal(await baggageFor(most, `${whole}y`), '');
    assert.equal(await baggageFor({ ...w3c, maxBaggageBytes: 0 }, 'a=1'), '');
    assert.equal(await baggageFor(w3c, `a=1, b = 2 ;p ,c=%zz,c=3`), 'a=1,b = 2 ;p,c=%zz,c=3');
    // What is not ASCII is no member; everything else counts as it is written.
    assert.equal(await baggageFor(w3c, 'a=\u00e9,b=%C3%A9'), 'b=%C3%A9');
  },
});
