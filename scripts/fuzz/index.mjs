// Fuzz targets: what of Rust is instrumented for libFuzzer, and what of JavaScript runs in Node.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';
import { StepError, say, seconds as since } from '../lib/step.mjs';
import { setup } from '../setup/index.mjs';

/** Each target by where its code is. */
export const TARGETS = {
  headers: 'rust',
  message: 'rust',
  otlp: 'rust',
  redaction: 'rust',
  tracer: 'rust',
  ingest: 'rust',
  options: 'node',
  answers: 'node',
};

/**
 * What libFuzzer needs to see which way input takes. These flags are stable; the sanitizers beside them are not, and would
 * find little where there is next to no `unsafe`.
 */
const INSTRUMENTED = [
  '--cfg=fuzzing',
  '-Cpasses=sancov-module',
  '-Cllvm-args=-sanitizer-coverage-level=4',
  '-Cllvm-args=-sanitizer-coverage-inline-8bit-counters',
  '-Cllvm-args=-sanitizer-coverage-pc-table',
  '-Cllvm-args=-sanitizer-coverage-trace-compares',
  '-Ccodegen-units=1',
];
/** Longest input, and longest time for one: far more than any needs. */
const LIMITS = ['-max_len=4096', '-timeout=10', '-rss_limit_mb=2048'];

const built = join(root, 'fuzz', 'target');

/** Compiles the targets; `--target` keeps the flags away from build scripts. */
async function compile() {
  const start = performance.now();
  say('compiling the fuzz targets');
  const host = /host: (\S+)/.exec(await must('rustc', 'rustc', ['-vV']))[1];
  const args = ['build', '--release', '--manifest-path', join(root, 'fuzz', 'Cargo.toml')];
  await must('fuzz', 'cargo', [...args, '--locked', '--target', host], {
    cwd: root,
    env: { RUSTFLAGS: INSTRUMENTED.join(' '), CARGO_TARGET_DIR: built },
    remedy: 'libFuzzer needs a C++ compiler.',
  });
  say(`fuzz targets compiled in ${since(start)} s`);
  return join(built, host, 'release');
}

/** Runs one target of libFuzzer from what it found before; input that breaks it stays in fuzz/artifacts. */
async function runInstrumented(name, folder, { seconds, seed }) {
  const corpus = join(root, 'fuzz', 'corpus', name);
  const artifacts = join(root, 'fuzz', 'artifacts', name);
  await Promise.all([corpus, artifacts].map((path) => mkdir(path, { recursive: true })));
  const args = [
    `-max_total_time=${seconds}`,
    `-artifact_prefix=${artifacts}/`,
    '-print_final_stats=1',
  ];
  if (seed) args.push(`-seed=${seed}`);
  const output = await must(`fuzz ${name}`, join(folder, name), [...args, ...LIMITS, corpus], {
    remedy: `Input that broke it is in ${artifacts}.`,
  });
  return Number(/number_of_executed_units:\s*(\d+)/.exec(output)?.[1]);
}

async function runInNode(name, { seconds, seed }) {
  const { run } = await import(pathToFileURL(join(root, 'fuzz', 'node', `${name}.mjs`)));
  const given = seed === undefined ? Date.now() : Number(seed);
  try {
    return await run({ seed: given, seconds: Number(seconds) });
  } catch (error) {
    throw new StepError(`fuzz ${name}`, error.stack, `It happens again with --seed ${given}.`);
  }
}

/** Runs the targets one after the other, each for so many seconds. */
export async function fuzz({ targets, seconds, seed }) {
  const unknown = targets.find((name) => !Object.hasOwn(TARGETS, name));
  if (unknown) {
    const known = Object.keys(TARGETS).join(', ');
    throw new StepError('fuzz', `there is no target ${unknown}`, `Targets: ${known}.`);
  }
  if (!(Number(seconds) > 0)) throw new StepError('fuzz', '--seconds must be a number above 0');
  await setup();
  const folder = targets.some((name) => TARGETS[name] === 'rust') && (await compile());
  for (const name of targets) {
    const options = { seconds, seed };
    const runs =
      TARGETS[name] === 'rust'
        ? await runInstrumented(name, folder, options)
        : await runInNode(name, options);
    say(`${name}: ${runs} inputs in ${seconds} s, nothing broke`);
  }
}
