// esbuild plugin: dist/tracelink.wasm, the crate as the shell calls it, and the shell that calls it by the same names.
//
// The shell names every export it calls as `crate.name` or `exports.name`. Those become properties that esbuild mangles
// with the rest, and the wasm takes over the names that esbuild found. What the browser's events call by name keeps its
// name. What only wasm-bindgen's glue needs is left out: the shell gives the crate its four imports itself.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';
import { toolEnv } from '../lib/tool-path.mjs';
import { arranged, FOUND } from './arrange/found.mjs';
import { wasmArrangement } from './arrange/wasm.mjs';
import { inlineModule } from './inline-wasm.mjs';
import { renamed } from './renamed.mjs';
import { wasmOptFlags } from './wasm.mjs';

const WASM = join(root, 'pkg', 'tracelink_bg.wasm');

/** `__wbg_send_17e59a912f72008c` is the crate's `send`. */
const plainName = (name) => name.replace(/^__wbg_(\w+)_[0-9a-f]{16}$/, '$1');

async function shellSources() {
  const files = await readdir(join(root, 'js'), { recursive: true });
  const sources = files.filter((file) => /\.(ts|js)$/.test(file) && !file.endsWith('.d.ts'));
  return Promise.all(sources.map((file) => readFile(join(root, 'js', file), 'utf8')));
}

/** The exports that the shell calls, without those that are called by a name in a string. */
async function calledExports(wasm) {
  const sources = (await shellSources()).join('\n');
  const quoted = new Set(Array.from(sources.matchAll(/'(\w+)'/g), ([, name]) => name));
  const called = new Set(
    Array.from(sources.matchAll(/\b(?:crate|exports)\.(\w+)/g), ([, name]) => name),
  );
  const names = WebAssembly.Module.exports(new WebAssembly.Module(wasm)).map(({ name }) => name);
  const used = names.filter((name) => called.has(name) || quoted.has(name));
  return { used, mangled: new Set(used.filter((name) => !quoted.has(name))) };
}

/** The package's wasm under the shell's names, without what the shell does not call. */
async function optimised(wasm, exportNames, nameOf) {
  const folder = join(root, '.tmp');
  const [input, output] = ['named.wasm', 'shell.wasm'].map((name) => join(folder, name));
  await mkdir(folder, { recursive: true });
  await writeFile(
    input,
    renamed(wasm, {
      importName: (name) => nameOf(plainName(name)),
      exportName: (name) => exportNames.get(name),
    }),
  );
  const args = [input, '-o', output, ...(await wasmOptFlags()), '--reorder-functions'];
  await must('shell', 'wasm-opt', args, { env: toolEnv() });
  return arranged(await readFile(output), wasmArrangement, FOUND.wasm);
}

export const shellWasm = {
  name: 'shell-wasm',
  async setup(build) {
    const wasm = await readFile(WASM);
    const { used, mangled } = await calledExports(wasm);
    const underscore = (text) =>
      text.replace(/\b(crate|exports)\.(\w+)/g, (whole, owner, name) =>
        mangled.has(name) ? `${owner}._${name}` : whole,
      );
    const sources = (to) =>
      to.onLoad({ filter: /[\\/]js[\\/].*\.(ts|js)$/ }, async ({ path }) => ({
        contents: underscore(await readFile(path, 'utf8')),
        loader: path.endsWith('.ts') ? 'ts' : 'js',
      }));
    sources(build);
    // Names are found once, in the largest entry without the wasm, and hold for all.
    const options = build.initialOptions;
    const others = options.plugins.filter(({ name }) => name !== 'shell-wasm');
    const { mangleCache } = await build.esbuild.build({
      ...options,
      entryPoints: ['js/index.ts'],
      write: false,
      metafile: false,
      mangleCache: {},
      plugins: [...others, { name: 'sources', setup: sources }],
    });
    options.mangleCache = mangleCache;
    const nameOf = (name) => mangleCache[`_${name}`] ?? name;
    const renamedOnes = [
      ...mangled,
      ...WebAssembly.Module.imports(new WebAssembly.Module(wasm)).map(({ name }) =>
        plainName(name),
      ),
    ];
    options.define.__NAMES__ = JSON.stringify(
      Object.fromEntries(renamedOnes.map((name) => [name, nameOf(name)])),
    );
    // What is called by name keeps it, whatever else has that name behind an underscore.
    const exportNames = new Map(
      used.map((name) => [name, mangled.has(name) ? nameOf(name) : name]),
    );
    const bytes = await optimised(wasm, exportNames, nameOf);
    build.onLoad({ filter: /\.wasm$/ }, () => ({ loader: 'js', contents: inlineModule(bytes) }));
    build.onEnd(({ outputFiles }) => {
      const path = join(root, options.outdir, 'tracelink.wasm');
      outputFiles?.push({ path, contents: bytes, hash: '', text: '' });
    });
  },
};
