// The shell: one ES module for each entry point of the npm package, in dist/.
import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { root } from '../lib/paths.mjs';
import { StepError } from '../lib/step.mjs';
import { arranged, FOUND } from './arrange/found.mjs';
import { onDemand } from './on-demand.mjs';
import { shellWasm } from './shell-wasm.mjs';

/**
 * The entry points, and what they load on demand: what reads spans, says why options are refused, asks the page's sampler,
 * reads what the tab keeps, sends what earlier pages left, takes pkg's own wasm.
 */
export const ENTRIES = [
  'index',
  'inline',
  'noop',
  'inspect',
  'refused',
  'further-options',
  'sampler',
  'tab',
  'recover',
  'package-wasm',
];

const version = () => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;

/** esbuild's options for the given entry points. */
export const shellOptions = (entries) => ({
  absWorkingDir: root,
  entryPoints: entries.map((entry) => `js/${entry}.ts`),
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  minify: true,
  charset: 'utf8',
  target: ['chrome109', 'firefox115', 'safari16.4'],
  // A leading underscore marks what only the shell sees; the carriers' names are seen by everybody.
  mangleProps: /^_[a-z]/i,
  reserveProps: /^_(sentry|trace)$/,
  legalComments: 'none',
  logLevel: 'silent',
  define: { __VERSION__: JSON.stringify(version()) },
  plugins: [onDemand, shellWasm],
});

/** What terser still finds behind esbuild: measured, 4 % less after gzip. Only classes are constructed here, and nothing is read for its effect. */
const FURTHER = {
  module: true,
  ecma: 2022,
  compress: {
    passes: 3,
    // Calls stay calls: measured, that repeats more.
    inline: 1,
    lhs_constants: false,
    pure_getters: true,
    unsafe_arrows: true,
    unsafe_methods: true,
  },
};

const HOISTED = { ...FURTHER, compress: { ...FURTHER.compress, hoist_funs: true } };

async function bundle() {
  // What needs npm packages is imported once they are there.
  const [{ build }, { minify }, { javascriptArrangement }] = await Promise.all([
    import('esbuild'),
    import('terser'),
    import('./arrange/javascript.mjs'),
  ]);
  const [packed, others] = [['inline'], ENTRIES.filter((entry) => entry !== 'inline')].map(
    shellOptions,
  );
  // It has no files of its own, and bundled into a page's script its address is that one's.
  packed.define['import.meta.url'] = '""';
  const outputFiles = [];
  // One after the other: each makes its wasm in the same files.
  for (const options of [packed, others]) {
    const built = await build({ ...options, write: false });
    outputFiles.push(...built.outputFiles);
  }
  await mkdir(join(root, 'dist'), { recursive: true });
  for (const { path, text, contents } of outputFiles) {
    let written = contents;
    if (path.endsWith('.js')) {
      const once = await minify(text, FURTHER);
      // Functions before everything else, behind what they use: constants are in their places by now.
      const { code } = await minify(once.code, HOISTED);
      // The entry point that most pages load; a search takes more than a minute.
      const isSearched = path.endsWith('index.js');
      written = `${isSearched ? arranged(code, javascriptArrangement, FOUND.javascript) : code}\n`;
    }
    await writeFile(path, written);
  }
}

export const shell = {
  name: 'shell',
  seconds: 15,
  inputs: ['js', 'pkg', 'package.json', 'package-lock.json', 'scripts/build'],
  /** Written where a search was needed: what is there afterwards is what the shell was built with. */
  writes: Object.values(FOUND).map((path) => relative(root, path)),
  outputs: ['dist/tracelink.wasm', ...ENTRIES.map((entry) => `dist/${entry}.js`)],
  async build() {
    await rm(join(root, 'dist'), { recursive: true, force: true });
    try {
      await bundle();
    } catch (error) {
      const first = error.errors?.[0];
      const at = first?.location ? `${first.location.file}:${first.location.line}: ` : '';
      throw new StepError('shell', first ? `${at}${first.text}` : error.message);
    }
  },
};
