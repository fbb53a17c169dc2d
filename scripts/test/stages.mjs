// The stages of npm test, in order: what is quick to say no comes first. Those `onRequest` run only when named.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../build/index.mjs';
import { SHIPPED } from '../build/wasm.mjs';
import { cargoTarget, root } from '../lib/paths.mjs';
import { StepError } from '../lib/step.mjs';
import { toolEnv } from '../lib/tool-path.mjs';
import { ensure } from '../setup/index.mjs';
import { pythonPackages } from '../setup/python-packages.mjs';
import { traceContextHarness } from '../setup/trace-context-harness.mjs';
import { measureEntries } from '../size/entries.mjs';
import { measureFeatures } from '../size/features.mjs';
import { budgets, table } from '../size/table.mjs';
import { wasmTestCommand, wasmTestEnv } from './wasm-tests.mjs';

const WASM = ['--target', 'wasm32-unknown-unknown'];
/** A workspace of its own, so that its hundred crates are compiled only for who asks. */
const AXUM = 'examples/backends/axum/Cargo.toml';
const FUZZ = 'fuzz/Cargo.toml';
/** Where libFuzzer would be linked from: nothing is linked for lints, and so no C++ compiler is needed. */
const NOT_LINKED = { CUSTOM_LIBFUZZER_PATH: FUZZ };
const DENY = ['--', '-D', 'warnings'];

/** The end-to-end tests of more than twenty seconds. */
const LONG_E2E = ['shell', 'transparency', 'messages/traps', 'delivery', 'build-pipeline'];

function testFiles(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith('.test.mjs') && !name.includes('node_modules'))
    .map((name) => join(folder, name))
    .sort();
}

/**
 * Files at a time: `atOnce` where they mostly wait for browsers and servers that each starts for itself. `longest`: how the
 * names begin of those that take longest; they start first, so that none is left alone at the end.
 */
function nodeTests(folder, atOnce = 1, longest = []) {
  const rank = (file) => {
    const at = longest.findIndex((name) => file.startsWith(join(folder, name)));
    return at < 0 ? longest.length : at;
  };
  const files = testFiles(folder).sort((one, other) => rank(one) - rank(other));
  if (files.length === 0) throw new StepError(folder, 'holds no *.test.mjs');
  return [
    'node',
    '--test',
    '--test-reporter=spec',
    `--test-concurrency=${atOnce}`,
    '--test-timeout=300000',
    ...files,
  ];
}

async function sizeBudget() {
  const rows = [...measureEntries(), ...(await measureFeatures(budgets().features))];
  const over = rows.filter((row) => row.over);
  if (over.length > 0)
    throw new StepError('size', `over budget\n${table('see npm run size', over)}`);
  const [{ bytes, budget, goal }] = rows;
  return `tracelink ${bytes} of ${budget} bytes, goal ${goal}`;
}

export const stages = [
  {
    name: 'format',
    commands: () => [
      ['cargo', 'fmt', '--all', '--check'],
      ['cargo', 'fmt', '--check', '--manifest-path', AXUM],
      ['biome', 'ci', '--error-on-warnings', '--colors=off'],
    ],
  },
  { name: 'structure', commands: () => [nodeTests('tests/structure')] },
  { name: 'scripts', commands: () => [nodeTests('tests/scripts')] },
  { name: 'platform', commands: () => [nodeTests('tests/platform')] },
  { name: 'build', run: () => build() },
  { name: 'collector', run: () => build({ collector: true }) },
  {
    name: 'types',
    needs: ['build'],
    commands: () =>
      ['.', 'www', 'examples', 'tests/types'].map((project) => ['tsc', '--project', project]),
  },
  {
    name: 'clippy',
    env: () => ({ ...toolEnv(), ...NOT_LINKED }),
    commands: () => [
      ['cargo', 'clippy', '--workspace', '--all-targets', ...DENY],
      [
        'cargo',
        'clippy',
        '-p',
        'tracelink',
        '--all-targets',
        '--features',
        'options',
        ...WASM,
        ...DENY,
      ],
      ['cargo', 'clippy', '-p', 'tracelink', '--lib', ...SHIPPED, ...WASM, ...DENY],
      [
        'cargo',
        'clippy',
        '--locked',
        '--manifest-path',
        FUZZ,
        '--target-dir',
        cargoTarget,
        ...DENY,
      ],
    ],
  },
  { name: 'native', commands: () => [['cargo', 'test', '--workspace', '--quiet']] },
  {
    name: 'wasm-chromium',
    beside: 'wasm',
    env: () => wasmTestEnv('chrome'),
    commands: () => [wasmTestCommand('chrome')],
  },
  {
    name: 'wasm-firefox',
    beside: 'wasm',
    env: () => wasmTestEnv('firefox'),
    commands: () => [wasmTestCommand('firefox')],
  },
  { name: 'web-app', needs: ['build', 'collector'], commands: () => [nodeTests('www/test', 2)] },
  { name: 'examples', needs: ['build', 'collector'], commands: () => [nodeTests('examples')] },
  {
    name: 'e2e',
    needs: ['build', 'collector'],
    commands: () => [nodeTests('tests/e2e', 2, LONG_E2E)],
  },
  {
    name: 'faults',
    beside: 'servers',
    needs: ['build', 'collector'],
    commands: () => [['node', 'tests/faults/run.mjs', '--quick']],
  },
  {
    name: 'interop',
    beside: 'servers',
    needs: ['build', 'collector'],
    env: () => ({ ...toolEnv(), INTEROP_BROWSERS: 'chromium' }),
    commands: () => [nodeTests('tests/interop/backends/node')],
  },
  {
    name: 'packaging',
    beside: 'servers',
    needs: ['build', 'collector'],
    commands: () => [nodeTests('tests/packaging')],
  },
  { name: 'size', needs: ['build'], run: sizeBudget },
  {
    name: 'axum',
    onRequest: true,
    commands: () => [
      ['cargo', 'build', '--locked', '--manifest-path', AXUM, '--target-dir', cargoTarget],
    ],
  },
  {
    name: 'backends',
    onRequest: true,
    python: true,
    needs: ['build', 'collector', 'axum'],
    commands: () => [nodeTests('tests/interop/backends')],
  },
  {
    name: 'front-ends',
    onRequest: true,
    needs: ['build', 'collector'],
    commands: () => [nodeTests('tests/interop/front-ends')],
  },
  {
    name: 'trace-context-harness',
    onRequest: true,
    run: () => ensure([traceContextHarness, pythonPackages('trace-context')]),
  },
  {
    name: 'trace-context',
    onRequest: true,
    needs: ['build', 'trace-context-harness'],
    commands: () => [nodeTests('tests/interop/trace-context')],
  },
  { name: 'rotel', onRequest: true, run: () => ensure([pythonPackages('rotel')]) },
  {
    name: 'otlp-peers',
    onRequest: true,
    needs: ['collector', 'rotel'],
    commands: () => [nodeTests('tests/interop/otlp-peers')],
  },
].map((stage) => ({ env: toolEnv, ...stage }));

/**
 * The stages whose names start with one of `names`, with those they need; all but those `onRequest` when `names` is
 * empty.
 */
export function selectStages(all, names) {
  if (names.length === 0) return all.filter((stage) => !stage.onRequest);
  const unknown = names.find((name) => !all.some((stage) => stage.name.startsWith(name)));
  if (unknown !== undefined) {
    const known = all.map((stage) => stage.name).join(', ');
    throw new StepError('test', `there is no stage ${unknown}`, `Stages: ${known}.`);
  }
  const asked = all.filter((stage) => names.some((name) => stage.name.startsWith(name)));
  const needed = new Set(asked.flatMap((stage) => [stage.name, ...(stage.needs ?? [])]));
  return all.filter((stage) => needed.has(stage.name));
}
