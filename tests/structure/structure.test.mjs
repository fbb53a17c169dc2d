// The house's rules: which module may know which, how long a file may be, and that each says what it is for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rustCode, sources } from './source-tree.mjs';

const LONGEST = 350;

/** What each module of the wasm crate may name; the pure ones may know each other, but nobody above them. */
const PURE = ['core', 'otlp', 'delivery'];
const MAY_NAME = {
  core: PURE,
  otlp: PURE,
  delivery: PURE,
  tracer: PURE,
  web: [...PURE, 'tracer'],
  api: [...PURE, 'tracer', 'web'],
  lean: [],
};
const BROWSER =
  /\b(web_sys|js_sys|wasm_bindgen|wasm_bindgen_futures|gloo_\w+|serde_wasm_bindgen)\b/;

const moduleOf = (path) => path.match(/^src\/(\w+)/)?.[1];

const modules = sources(/^src\/.*\.rs$/)
  .map((file) => ({ ...file, module: moduleOf(file.path), code: rustCode(file.text) }))
  .filter((file) => file.module !== 'lib');

function namedModules(code) {
  const direct = [...code.matchAll(/\bcrate::(\w+)/g)].map((match) => match[1]);
  const grouped = [...code.matchAll(/\bcrate::\{([^;]*)\}/g)].flatMap((match) =>
    match[1]
      .replace(/\{[^{}]*\}/g, '')
      .split(',')
      .map((part) => part.trim().split('::')[0]),
  );
  return [...direct, ...grouped].filter((name) => name in MAY_NAME);
}

test('every module of the crate has its place', () => {
  assert.ok(modules.length > 10, `only ${modules.length} files found`);
  const strangers = modules.filter((file) => !(file.module in MAY_NAME)).map((file) => file.path);
  assert.deepEqual(strangers, []);
});

test('dependencies run api -> web -> tracer -> {core, otlp, delivery}', () => {
  const wrong = modules.flatMap(({ path, module, code }) => {
    const allowed = [module, ...(MAY_NAME[module] ?? [])];
    return namedModules(code)
      .filter((name) => !allowed.includes(name))
      .map((name) => `${path} names ${name}`);
  });
  assert.deepEqual(wrong, []);
});

test('the pure modules never name the browser', () => {
  const wrong = modules
    .filter(({ module, code }) => module !== 'web' && module !== 'api' && BROWSER.test(code))
    .map(({ path, code }) => `${path} names ${code.match(BROWSER)[0]}`);
  assert.deepEqual(wrong, []);
});

test('the shipped crate formats nothing', () => {
  const banned =
    /\b(format|println|eprintln|print|dbg)!|\.to_string\(\)|\bHashMap\b|\.unwrap\(\)|\.expect\("/;
  const wrong = modules.flatMap(({ path, code }) => {
    const shipped = code.split(/#\[cfg\(test\)\]\s*mod /)[0];
    const at = shipped.match(banned);
    return at && !/\btests?(\.rs|\/)/.test(path) ? [`${path}: ${at[0]}`] : [];
  });
  assert.deepEqual(wrong, []);
});

const code = sources(/\.(rs|ts|mjs|js|css)$/);

test(`no file is longer than ${LONGEST} lines`, () => {
  const long = code
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > LONGEST)
    .map(({ path, lines }) => `${path}: ${lines}`);
  assert.deepEqual(long, []);
});

test('every file says on its first line what it is for', () => {
  const opening = /^(\/\/!?|\/\*\*?|<!--) ?\S/;
  const silent = code
    .map(({ path, text }) => {
      const lines = text.split('\n');
      return { path, line: lines[0].startsWith('#!') ? lines[1] : lines[0] };
    })
    .filter(({ line, path }) => !opening.test(line) && !path.endsWith('.d.ts'))
    .map(({ path }) => path);
  assert.deepEqual(silent, []);
});
