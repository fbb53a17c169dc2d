// Options of init: whatever they are, the check accepts them or refuses one by its name, and says so in one short line.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from '../../scripts/lib/paths.mjs';
import { random, repeat } from './random.mjs';

/** Options that are right, for the random ones to spoil. */
const RIGHT = () => ({
  serviceName: 'page',
  serviceVersion: '1',
  environment: 'production',
  resource: { a: 1 },
  enabled: true,
  endpoint: '/otlp',
  tracesEndpoint: 'https://h/v1/traces',
  headers: { 'x-team': 'a' },
  protocol: 'http/json',
  compression: 'none',
  propagate: ['w3c', 'sentry'],
  tracePropagationTargets: ['/api', /x/, { not: '/x' }],
  ignoreUrls: ['/x', /y/],
  tracestate: { key: 'own', value: '1' },
  randomFlag: true,
  maxBaggageBytes: 4096,
  sampleRate: 0.5,
  tracesSampler: () => 1,
  sentry: {
    publicKey: 'k',
    orgId: '1',
    release: 'r',
    environment: 'e',
    strictTraceContinuation: true,
  },
  redact: {
    queryParameters: ['a'],
    headers: ['b'],
    attributes: ['c'],
    emails: true,
    url: (url) => url,
  },
  captureHeaders: { request: ['a'], response: ['b'] },
  pageLoad: { resources: 1, vitals: true, navigations: false },
  session: 'tab',
  buffer: { maxBytes: 1, retain: 1 },
  maxOpenSpans: 1,
  flushIntervalMs: 1,
  persist: { maxBytes: 1, maxAgeMs: 1 },
  keepalive: true,
  debug: 'console',
  wasm: { url: '/x.wasm' },
});

/** The modules as a page gets them, in one file of their own. */
async function load() {
  const folder = await mkdtemp(join(tmpdir(), 'tracelink-fuzz-'));
  const contents = `
    export { OPTIONS } from './options.ts';
    export { check } from './rules.ts';
    export { checkFurther } from './further-options.ts';
    export { explain } from './refused.ts';`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(root, 'js'), loader: 'ts' },
    bundle: true,
    format: 'esm',
    write: false,
  });
  const file = join(folder, 'options.mjs');
  await writeFile(file, outputFiles[0].contents);
  try {
    return await import(pathToFileURL(file));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Some of the right options, some spoiled, now and then something else altogether. */
function options({ below, any, odd }) {
  if (below(20) === 0) return odd();
  const all = RIGHT();
  for (const name of Object.keys(all)) if (below(3) === 0) delete all[name];
  for (let count = below(4); count > 0; count--) {
    const name = any(Object.keys(RIGHT()));
    const inner = RIGHT()[name];
    const parts = below(2) && typeof inner === 'object' ? Object.keys(inner) : [];
    if (parts.length > 0) inner[any(parts)] = odd();
    all[name] = parts.length > 0 ? inner : odd();
  }
  if (below(5) === 0) all[any(['unknown', '__proto__', 'constructor', 'toString'])] = odd();
  return all;
}

/** A page's own idea of a base for relative URLs; Node has none. */
function withBase(Native) {
  return class extends Native {
    constructor(input, init) {
      super(typeof input === 'string' ? new URL(input, 'http://page/') : input, init);
    }
  };
}

export async function run({ seed, ...limits }) {
  const values = random(seed);
  const { OPTIONS, check, checkFurther, explain } = await load();
  const native = globalThis.Request;
  const { warn } = console;
  // Of names that there are not.
  console.warn = () => {};
  globalThis.Request = withBase(native);
  const counts = { accepted: 0, refused: 0 };
  const once = () => {
    const given = options(values);
    let refused;
    try {
      const [others, settings] = check(OPTIONS, given);
      for (const [setting, value] of [...settings, ...checkFurther(others)]) {
        assert.ok(Number.isInteger(setting));
        const plain = [value]
          .flat()
          .every((one) => ['string', 'number', 'boolean'].includes(typeof one));
        assert.ok(plain, `setting ${setting}: ${String(value)}`);
      }
      counts.accepted++;
    } catch (error) {
      refused = error;
    }
    if (!refused) return;
    assert.ok(refused instanceof TypeError && typeof refused._name === 'string', refused.stack);
    const { message } = explain(refused);
    assert.match(message, /^tracelink: (option [\w.]+ must be|init needs) [\s\S]{1,300}$/u);
    assert.ok(!message.includes('undefined; got'), `no words for ${refused._name}`);
    assert.ok(!/u:p@|token=1/.test(message), message);
    counts.refused++;
  };
  try {
    const rounds = await repeat(limits, once);
    assert.ok(
      counts.accepted > rounds / 50 && counts.refused > rounds / 50,
      JSON.stringify(counts),
    );
    return rounds;
  } finally {
    globalThis.Request = native;
    console.warn = warn;
  }
}
