// Rust's standard library for wasm32: from rustup, else built from its source into the compiler's own folder.
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cache } from '../lib/paths.mjs';
import { cause, must, run } from '../lib/run.mjs';
import { StepError, say } from '../lib/step.mjs';
import { which } from '../lib/which.mjs';
import { rustLibrarySource } from './rust-source.mjs';

const TARGET = 'wasm32-unknown-unknown';
const STEP = 'wasm32 target';
/** Names the compiler of a library that we built; rustup's own has none and follows the compiler by itself. */
const STAMP = 'built-for';
const RUSTUP_MS = 120_000;

async function libraryFolder() {
  const { output } = await run('rustc', ['--print', 'target-libdir', '--target', TARGET]);
  return output.trim().split('\n').at(-1);
}

async function isComplete(folder, commit) {
  const names = await readdir(folder).catch(() => []);
  const whole = ['libcore-', 'liballoc-', 'libstd-'].every((start) =>
    names.some((name) => name.startsWith(start)),
  );
  const stamp = await readFile(join(folder, STAMP), 'utf8').catch(() => commit);
  return whole && stamp === commit;
}

async function fromRustup() {
  if (!which('rustup')) return 'rustup is not here';
  const { code, output } = await run('rustup', ['target', 'add', TARGET], {
    timeoutMs: RUSTUP_MS,
    env: { RUSTUP_MAX_RETRIES: '1' },
  });
  if (code === 124) return `rustup took longer than ${RUSTUP_MS / 1000} s`;
  return code === 0 ? undefined : cause(output);
}

async function build(library, release) {
  const target = join(cache, `.rust-library-build-${release}`);
  const vendored = [
    '-Zavoid-dev-deps', // those of the library's tests are not in the vendor folder
    ...['--config', 'source.crates-io.replace-with="vendored"'],
    ...['--config', `source.vendored.directory="${join(library, 'vendor')}"`],
  ];
  const args = ['build', '--release', '--offline', '--target', TARGET, '-p', 'sysroot'];
  await must(STEP, 'cargo', [...vendored, ...args, '--features', 'compiler-builtins-mem'], {
    cwd: library,
    env: {
      RUSTC_BOOTSTRAP: '1',
      RUSTFLAGS: '-Zforce-unstable-if-unmarked -Cembed-bitcode=yes',
      __CARGO_DEFAULT_LIB_METADATA: 'stablestd',
      CARGO_TARGET_DIR: target,
    },
    remedy: `Remove ${dirname(library)} and try again, or run: rustup target add ${TARGET}.`,
  });
  return target;
}

/** Copies beside the final folder and renames, so that wasm-pack never sees half a library. */
async function place(target, folder, commit) {
  const home = dirname(folder);
  const beside = `${home}.installing`;
  const from = join(target, TARGET, 'release', 'deps');
  try {
    await rm(beside, { recursive: true, force: true });
    await mkdir(join(beside, 'lib'), { recursive: true });
    const names = (await readdir(from)).filter((name) => name.endsWith('.rlib'));
    await Promise.all(names.map((name) => copyFile(join(from, name), join(beside, 'lib', name))));
    await writeFile(join(beside, 'lib', STAMP), commit);
    await rm(home, { recursive: true, force: true });
    await rename(beside, home);
  } catch (error) {
    await rm(beside, { recursive: true, force: true }).catch(() => {});
    throw new StepError(
      STEP,
      error.message,
      `Make ${dirname(home)} writable, or run: rustup target add ${TARGET}.`,
    );
  }
}

export function wasmTarget({ release, commit }) {
  return {
    name: STEP,
    seconds: 20,
    isThere: async () => isComplete(await libraryFolder(), commit),
    async install() {
      const problem = await fromRustup();
      const folder = await libraryFolder();
      if (!problem && (await isComplete(folder, commit))) return;
      say(
        `${STEP}: ${problem ?? 'rustup left it incomplete'}; building it from source, about 60 s`,
      );
      const library = await rustLibrarySource(release);
      const target = await build(library, release);
      await place(target, folder, commit);
      await rm(target, { recursive: true, force: true });
    },
  };
}
