// The wasm package: wasm-pack's build of the root crate, in pkg/.
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';
import { toolEnv } from '../lib/tool-path.mjs';

/** What wasm-pack hands to wasm-opt, by Cargo.toml. */
export async function wasmOptFlags() {
  const manifest = await readFile(join(root, 'Cargo.toml'), 'utf8');
  const list = manifest.match(/^wasm-opt = (\[[^\]]*\])/m);
  return JSON.parse(list[1].replace(/,\s*\]/, ']'));
}

/**
 * What the shipped wasm is built with, beyond the profile. Measured: without these passes of LLVM, which trade size for
 * speed in loops and by copying code, it is 170 bytes smaller after gzip.
 */
const PASSES = ['-disable-lsr', '-enable-pre=false', '-disable-licm-promotion'];
const flags = PASSES.map((pass) => `"-Cllvm-args=${pass}"`);
export const SHIPPED = [
  ...['--features', 'lean'],
  ...['--config', `target.wasm32-unknown-unknown.rustflags=[${flags}]`],
];

export const wasm = {
  name: 'wasm package',
  seconds: 40,
  inputs: [
    'Cargo.toml',
    'Cargo.lock',
    'src',
    'js/platform',
    'scripts/versions.json',
    'scripts/build/wasm.mjs',
  ],
  outputs: ['pkg/tracelink.js', 'pkg/tracelink_bg.wasm'],
  async build() {
    // Beside and renamed: an interrupted build leaves the last whole package, and no snippets of an older one.
    const beside = join('.tmp', 'pkg');
    await rm(join(root, beside), { recursive: true, force: true });
    const args = ['build', '--target', 'web', '--no-pack', '--mode', 'no-install'];
    const profile = ['--profile', 'wasm', '--out-dir', beside, '.', '--', ...SHIPPED];
    await must('wasm package', 'wasm-pack', [...args, ...profile], {
      cwd: root,
      env: { ...toolEnv(), RUSTFLAGS: undefined },
    });
    // It says `*`, and npm pack would leave the package's wasm out without a word.
    await rm(join(root, beside, '.gitignore'), { force: true });
    // TypeScript would take it for the types of an import of the wasm file; nobody imports its raw exports.
    await rm(join(root, beside, 'tracelink_bg.wasm.d.ts'), { force: true });
    const home = join(root, 'pkg');
    if (existsSync(home)) await rm(home, { recursive: true });
    await rename(join(root, beside), home);
  },
};
