// What must be there before set-up can do anything: Node, npm and Rust in the right versions.
import { versions } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';
import { StepError } from '../lib/step.mjs';

const numbers = (version) => version.split('.').map(Number);

/** Whether `actual` is at least `wanted`; both are dotted numbers. */
export function atLeast(actual, wanted) {
  const [a, b] = [numbers(actual), numbers(wanted)];
  const at = b.findIndex((part, i) => part !== (a[i] ?? 0));
  return at < 0 || (a[at] ?? 0) > b[at];
}

function checkNode() {
  const actual = process.versions.node;
  if (!atLeast(actual, versions.node)) {
    throw new StepError('node', `${actual} is too old`, `Install Node ${versions.node} or later.`);
  }
}

/** The compiler's version and commit: what a prebuilt standard library has to match. */
export async function rustCompiler() {
  const [rustc, cargo] = await Promise.all([run('rustc', ['-vV']), run('cargo', ['--version'])]);
  for (const [tool, result] of Object.entries({ rustc, cargo })) {
    if (result.code !== 0) {
      const found = result.code === 127 ? 'not found on PATH' : result.output.trim().split('\n')[0];
      throw new StepError(
        'rust',
        `${tool}: ${found}`,
        'Install Rust with rustup from https://rustup.rs.',
      );
    }
  }
  const field = (name) => rustc.output.match(new RegExp(`^${name}: (.*)$`, 'm'))?.[1] ?? '';
  const release = field('release').replace(/-.*/, '');
  if (!atLeast(release, versions.rust)) {
    throw new StepError(
      'rust',
      `rustc ${release} is too old`,
      `Run: rustup update stable (needs ${versions.rust}).`,
    );
  }
  return { release, commit: field('commit-hash') };
}

/** Checks everything and returns the compiler. */
export async function checkPrerequisites() {
  checkNode();
  return rustCompiler();
}
