// Options of the wrong type or range: refused by name before anything is loaded; unknown keys: one warning.
import assert from 'node:assert/strict';

/** Option, then values that it refuses. Code, for what JSON cannot say. */
const WRONG = {
  serviceName: ['undefined', 'null', "''", '5', '{}'],
  serviceVersion: ['1', 'null'],
  environment: ['true'],
  resource: ['[]', "'a=b'", 'null'],
  enabled: ["'false'", '0', 'null'],
  endpoint: ['5', "'ftp://host'", "'http://'", "'http://user:secret@host'", 'true'],
  tracesEndpoint: ["''", 'null', "'data:,'"],
  headers: ["'a: b'", '{ a: 1 }', "{ 'no name': 'x' }", "{ a: 'line\\nbreak' }"],
  protocol: ["'grpc'", 'null'],
  compression: ["'br'", 'true'],
  propagate: ["'w3c'", "['b3']", '[1]'],
  tracePropagationTargets: ["'/api'", '[5]', '[{}]', '[{ not: 5 }]', '[null]'],
  ignoreUrls: ['/a/', '[{ not: "a" }]'],
  tracestate: ["'a=b'", '{}', "{ key: 'A', value: 'x' }", "{ key: 'a', value: 'x,y' }"],
  randomFlag: ['1'],
  maxBaggageBytes: ['-1', 'NaN', 'Infinity', "'8192'"],
  sampleRate: ['-0.1', '1.01', 'NaN', "'0.1'", 'true'],
  tracesSampler: ['0.5', '{}'],
  sentry: ["'key'", 'null', '[]'],
  'sentry.publicKey': ['5'],
  'sentry.orgId': ['123'],
  'sentry.release': ['{}'],
  'sentry.environment': ['1'],
  'sentry.strictTraceContinuation': ["'yes'"],
  redact: ['true'],
  'redact.queryParameters': ["'token'", '[/token/]'],
  'redact.headers': ['{}'],
  'redact.attributes': ['[1]'],
  'redact.emails': ["'on'"],
  'redact.url': ["'url'"],
  captureHeaders: ['[]'],
  'captureHeaders.request': ["'accept'"],
  'captureHeaders.response': ['[null]'],
  pageLoad: ['5'],
  'pageLoad.resources': ['-1', 'NaN', "'50'"],
  'pageLoad.vitals': ['0'],
  'pageLoad.navigations': ['null'],
  session: ['true', "'user'"],
  buffer: ['1000'],
  'buffer.maxBytes': ['-5', 'NaN'],
  'buffer.retain': ["'all'", '-1'],
  maxOpenSpans: ['-1', 'NaN', 'Infinity', "'9'"],
  flushIntervalMs: ['-1', '2147483648', 'NaN', "'2s'"],
  persist: ["'yes'", '5', 'null'],
  'persist.maxBytes': ['-1'],
  'persist.maxAgeMs': ['2147483648', "'3d'"],
  keepalive: ['1'],
  debug: ["'verbose'", '2'],
  wasm: ["'/tracelink.wasm'"],
  'wasm.url': ['5'],
  'wasm.module': ['{}', 'new Uint8Array(8)'],
  'wasm.bytes': ["'AGFzbQ'", '{}'],
};

/** Everything that the contract allows, at its borders. */
const RIGHT = [
  "{ serviceVersion: '1', environment: '', resource: {}, enabled: true, endpoint: '/otlp' }",
  "{ endpoint: null, headers: {}, protocol: 'http/json', compression: 'none', propagate: [] }",
  "{ tracesEndpoint: 'https://host/x?y=z', headers: { 'x-a': 'ä' }, propagate: ['sentry', 'w3c'] }",
  "{ tracePropagationTargets: ['/a', /b/, { not: /c/ }, { not: 'd' }], ignoreUrls: ['e', /f/] }",
  "{ tracestate: { key: 'a@b', value: 'x' }, randomFlag: false, maxBaggageBytes: 1e15 }",
  '{ sampleRate: 0, tracesSampler: () => 1, maxBaggageBytes: 0 }',
  '{ sampleRate: 1, buffer: { maxBytes: 1e12, retain: 0 }, maxOpenSpans: 0 }',
  "{ sampleRate: null, flushIntervalMs: 2147483647, session: 'tab', debug: false }",
  '{ flushIntervalMs: 0, session: false, persist: true, keepalive: false }',
  '{ persist: { maxBytes: 0, maxAgeMs: 0 }, pageLoad: { resources: 0, vitals: false } }',
  '{ redact: { queryParameters: [], headers: [], attributes: [], emails: true, url: (u) => u } }',
  "{ captureHeaders: { request: ['a'], response: [] }, sentry: {}, environment: undefined }",
  "{ wasm: { url: new URL('/dist/tracelink.wasm', location.href) } }",
];

export const config = {
  'each option of wrong type or range is refused by name': async ({ site, open, run }) => {
    await open();
    site.requested.length = 0;
    const outcomes = await run(async (wrong) => {
      const lines = [];
      const real = console.error;
      const warn = console.warn;
      console.error = (...args) => lines.push(args.join(' '));
      console.warn = (...args) => lines.push(`warning ${args.join(' ')}`);
      const outcomes = [];
      for (const [name, values] of Object.entries(wrong)) {
        for (const code of values) {
          lines.length = 0;
          const value = new Function(`return (${code})`)();
          const [outer, inner] = name.split('.');
          const options = { serviceName: 'x', [outer]: inner ? { [inner]: value } : value };
          const { ok, reason, error } = await window.t.init(options);
          const said = [...lines];
          outcomes.push({ name, code, ok, reason, message: error?.message, said });
        }
      }
      console.error = real;
      console.warn = warn;
      return outcomes;
    }, WRONG);
    for (const { name, code, ok, reason, message, said } of outcomes) {
      const what = `${name}: ${code} → ${message}`;
      assert.deepEqual([ok, reason], [false, 'config'], what);
      assert.match(message, new RegExp(`^tracelink: option ${name} must be .{5,}; got .+$`), what);
      assert.deepEqual(said, [message], what);
      if (/^'[\w ]+'$/.test(code)) assert.ok(message.includes(`got ${code}`), what);
    }
    assert.ok(outcomes.length > 90, `${outcomes.length} cases`);
    const asked = [...site.requested].sort();
    assert.deepEqual(asked, ['/dist/further-options.js', '/dist/refused.js'], 'no wasm');
  },

  'what cannot be read is refused too, and nothing is thrown': async ({ open, run, said }) => {
    await open();
    const results = await run(async () => {
      const hostile = [
        undefined,
        null,
        5,
        'options',
        [],
        () => {},
        {},
        new Proxy({}, { ownKeys: () => window.nowhere.at(1) }),
        {
          serviceName: 'x',
          get endpoint() {
            throw new Error('mine');
          },
        },
        { serviceName: 'x', headers: new Proxy({}, { ownKeys: () => window.nowhere.at(1) }) },
        { serviceName: { toString: () => window.nowhere.at(1) } },
      ];
      const results = [];
      for (const options of hostile) {
        const promise = window.t.init(options);
        const { reason, error } = await promise;
        results.push([reason, error instanceof Error]);
      }
      return results;
    });
    for (const result of results) assert.deepEqual(result, ['config', true]);
    assert.equal(said().length, results.length, 'one line each');
  },

  'without what says why, and with inline: refused all the same': async (context) => {
    const { site, open, run, said } = context;
    const refused = () =>
      run(async () => {
        const [wrong, right] = [{ serviceName: 5 }, { serviceName: 'x', endpoint: null }];
        const results = await Promise.all([window.t.init(wrong), window.t.init(right)]);
        return [results[0].reason, results[0].error?.message, results[1].ok];
      });
    // Only the entry point may be loaded as a script.
    const csp = `script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' ${site.url}/dist/index.js`;
    await open({ csp });
    const short = 'tracelink: option serviceName is wrong';
    assert.deepEqual(await refused(), ['config', short, true]);
    assert.ok(said().some((line) => line.includes(short)));
    await open({ entry: 'inline' });
    site.requested.length = 0;
    const long = 'tracelink: option serviceName must be a string that is not empty; got 5';
    assert.deepEqual(await refused(), ['config', long, true]);
    assert.deepEqual(said(), [`error: ${long}`]);
    assert.deepEqual(site.requested, []);
  },

  'what the contract allows is accepted in silence': async ({ open, run, said }) => {
    await open();
    const results = await run(async (cases) => {
      const results = [];
      for (const code of cases) {
        const options = new Function(`return (${code})`)();
        const result = await window.t.init({ serviceName: 'x', endpoint: null, ...options });
        results.push([code, result.ok, result.error?.message ?? '']);
        await window.t.shutdown({ discard: true });
      }
      return results;
    }, RIGHT);
    for (const [code, ok, message] of results) assert.ok(ok, `${code}: ${message}`);
    assert.deepEqual(said(), []);
  },

  'unknown keys: one warning that names them, and init goes on': async ({ open, run, said }) => {
    await open();
    const result = await run(() =>
      window.t.init({
        serviceName: 'x',
        endpoint: null,
        sampelRate: 1,
        redact: { cookies: true },
        persist: { forever: true },
        constructor: 5,
      }),
    );
    assert.deepEqual(result, { ok: true });
    const lines = said();
    assert.equal(lines.length, 1, lines.join('\n'));
    assert.match(lines[0], /^warn(ing)?: /);
    for (const name of ['sampelRate', 'redact.cookies', 'persist.forever', 'constructor'])
      assert.ok(lines[0].includes(name), `${name} in ${lines[0]}`);
  },

  'options that init reads again meanwhile start nothing twice': async ({ open, run, said }) => {
    await open();
    const [inner, outer] = await run(async () => {
      let inner;
      const options = {
        serviceName: 'x',
        get endpoint() {
          inner ??= window.t.init({ serviceName: 'x' });
          return null;
        },
      };
      const outer = await window.t.init(options);
      // Copies: one object twice does not survive the way out of Firefox.
      return [{ ...(await inner) }, { ...outer }];
    });
    assert.deepEqual([inner, outer], [{ ok: true }, { ok: true }]);
    said();
  },

  'what the crate takes as it is arrives under its number': async ({ start, run }) => {
    const read = (options) =>
      start({ endpoint: null, sampleRate: 1, ...options }).then(() =>
        run(() => {
          const { t } = window;
          const parent = {
            traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
            baggage: 'sentry-org_id=2',
          };
          const span = t.startSpan('a', { attributes: { mail: 'me@host.example', plain: 'x' } });
          const { baggage = '' } = span.inject({});
          const below = t.startSpan('b', { parent }).traceId.startsWith('aaaa');
          span.end();
          return [baggage, below, t.bufferedSpans()[0].attributes];
        }),
      );
    const sentry = { publicKey: 'key', orgId: '1', release: 'r', environment: 'e' };
    const [members, other] = await read({ sentry, serviceVersion: 'v', environment: 'production' });
    for (const member of ['public_key=key', 'org_id=1', 'release=r', 'environment=e'])
      assert.ok(members.split(',').includes(`sentry-${member}`), `${member} in ${members}`);
    assert.equal(other, false, 'another organisation');
    const [usual, unknown] = await read({ serviceVersion: 'v, "é"', environment: 'staging' });
    for (const member of ['release=v%2C%20%22%C3%A9%22', 'environment=staging'])
      assert.ok(usual.split(',').includes(`sentry-${member}`), `${member} in ${usual}`);
    assert.equal(unknown, true, 'no organisation of ours');
    const strict = { strictTraceContinuation: true };
    assert.equal((await read({ sentry: strict }))[1], false, 'strict');
    assert.equal((await read({ sentry, maxBaggageBytes: 10 }))[0], '');
    const attributes = { mail: 'me@host.example', plain: 'x' };
    assert.deepEqual((await read({}))[2], attributes);
    const redacted = { mail: 'REDACTED', plain: 'REDACTED' };
    const redact = { emails: true, headers: ['x-own'], attributes: ['plain'] };
    assert.deepEqual((await read({ redact }))[2], redacted);
  },

  'the default endpoint of a loopback page is the local collector': async ({ open, run, said }) => {
    await open();
    const asked = await run(async () => {
      const asked = [];
      const real = window.fetch;
      window.fetch = async (input, init) => {
        if (!String(input).includes('/v1/traces')) return real(input, init);
        asked.push(String(input));
        return new Response();
      };
      await window.t.init({ serviceName: 'x' });
      window.t.startSpan('a').end();
      await window.t.flush();
      return asked;
    });
    assert.deepEqual(asked, ['http://localhost:4318/v1/traces']);
    assert.deepEqual(said(), []);
  },
};
