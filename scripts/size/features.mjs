// What each feature costs: its Rust functions in the optimised wasm and its share of the bundled shell.
import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { shellOptions } from '../build/shell.mjs';
import { SHIPPED, wasmOptFlags } from '../build/wasm.mjs';
import { cargoTarget, root } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';
import { toolEnv } from '../lib/tool-path.mjs';
import { wasmFunctions } from './wasm-functions.mjs';

/** The package's wasm once more, with the function names that the shipped one has lost. */
async function wasmWithNames() {
  const folder = join(root, '.tmp', 'size');
  await rm(folder, { recursive: true, force: true });
  const env = toolEnv();
  const cargo = ['build', '--lib', '-p', 'tracelink', '--target', 'wasm32-unknown-unknown'];
  await must('size', 'cargo', [...cargo, '--profile', 'wasm', ...SHIPPED], { cwd: root, env });
  const built = join(cargoTarget, 'wasm32-unknown-unknown', 'wasm', 'tracelink.wasm');
  const args = [built, '--target', 'web', '--no-typescript', '--out-dir', folder];
  await must('size', 'wasm-bindgen', args, { env });
  const [input, output] = ['tracelink_bg.wasm', 'named.wasm'].map((name) => join(folder, name));
  await must('size', 'wasm-opt', [input, '-o', output, '-g', ...(await wasmOptFlags())], { env });
  return readFile(output);
}

async function shellModules() {
  const { build } = await import('esbuild');
  const result = await build({ ...shellOptions(['index']), write: false, metafile: true });
  const [output] = Object.values(result.metafile.outputs);
  return Object.entries(output.inputs).map(([name, { bytesInOutput }]) => ({
    name,
    bytes: bytesInOutput,
  }));
}

/** Exports carry their bare names: `api::fetch` for what src/api/fetch.rs exports. */
async function exportsByModule() {
  const folder = join(root, 'src', 'api');
  const modules = new Map();
  for (const file of await readdir(folder)) {
    const text = await readFile(join(folder, file), 'utf8');
    const names = text.matchAll(
      /(?:js_name|export_name) = "?(\w+)"?|\bpub (?:extern "C" )?fn (\w+)/g,
    );
    for (const [, renamed, own] of names)
      modules.set(renamed ?? own, `api::${basename(file, '.rs')}`);
  }
  return modules;
}

/** `tracelink::core::carriers::scan` and `<tracelink::core::span::Span as Drop>::drop` become their module's path. */
function moduleOf(name, exported) {
  const path = name.match(/tracelink::((?:[a-z_0-9]+::)+)/)?.[1].slice(0, -2);
  return path ?? exported.get(name.split(' ')[0]) ?? '';
}

const startsWith = (path, prefixes = []) =>
  prefixes.some((prefix) => path === prefix || path.startsWith(prefix));

/** One row a feature of size.json, in order; the last rows are what belongs to none. */
export async function measureFeatures(features) {
  const { functions, data } = wasmFunctions(await wasmWithNames());
  const modules = await shellModules();
  const exported = await exportsByModule();
  const rows = Object.entries(features).map(([name, { budget }]) => ({
    name,
    wasm: 0,
    js: 0,
    budget,
  }));
  const rest = { name: 'runtime and exports', wasm: 0, js: 0 };
  const owner = (key, path) => {
    const at = Object.values(features).findIndex((feature) => startsWith(path, feature[key]));
    return rows[at] ?? rest;
  };
  for (const { name, bytes } of functions) owner('rust', moduleOf(name, exported)).wasm += bytes;
  for (const { name, bytes } of modules) owner('js', name).js += bytes;
  rest.wasm += data;
  return [...rows, rest].map((row) => {
    const bytes = row.wasm + row.js;
    return { ...row, bytes, over: row.budget !== undefined && bytes > row.budget };
  });
}
