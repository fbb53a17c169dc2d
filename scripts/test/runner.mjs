// Runs stages one after the other, some side by side; a failing one shows its log and does not stop the rest.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { logs, root } from '../lib/paths.mjs';
import { run } from '../lib/run.mjs';

/** How much of a failing stage's output is shown; its log holds all of it. */
const SHOWN_LINES = 120;
const LIMIT_MS = 15 * 60_000;

async function runCommand(stage, index, [command, ...args]) {
  const log = join(logs, `test-${stage.name}-${index}.log`);
  const env = { ...stage.env?.(), CARGO_TERM_COLOR: 'never' };
  const { code } = await run(command, args, { cwd: root, env, log, timeoutMs: LIMIT_MS });
  return { code, log };
}

async function runStage(stage) {
  try {
    if (stage.run) return { ok: true, note: await stage.run() };
    for (const [index, command] of stage.commands().entries()) {
      const { code, log } = await runCommand(stage, index, command);
      if (code !== 0) return { ok: false, log, note: `${command.join(' ')} ended with ${code}` };
    }
    return { ok: true };
  } catch (error) {
    return { ok: false, note: error.message };
  }
}

function show(result) {
  process.stdout.write(`\n--- ${result.name}: ${result.note}\n`);
  if (!result.log) return;
  const text = stripVTControlCharacters(readFileSync(result.log, 'utf8'));
  const lines = text.trimEnd().split('\n');
  process.stdout.write(`${lines.slice(-SHOWN_LINES).join('\n')}\n--- all of it: ${result.log}\n\n`);
}

/** Stages that follow each other and are `beside` the same, which mostly wait and need nothing of each other. */
function groupsOf(stages) {
  const groups = [];
  for (const stage of stages) {
    const last = groups.at(-1);
    if (stage.beside !== undefined && last?.[0].beside === stage.beside) last.push(stage);
    else groups.push([stage]);
  }
  return groups;
}

/** Results in order; a stage whose need failed is not run, and counts as failed. */
export async function runStages(stages, say) {
  const results = [];
  const one = async (stage) => {
    const unmet = results.find((result) => !result.ok && stage.needs?.includes(result.name));
    const start = performance.now();
    const outcome = unmet ? { ok: false, note: `needs ${unmet.name}` } : await runStage(stage);
    const result = { name: stage.name, seconds: (performance.now() - start) / 1000, ...outcome };
    say(`${stage.name}: ${result.ok ? 'passed' : 'FAILED'} in ${result.seconds.toFixed(1)} s`);
    if (!result.ok) show(result);
    return result;
  };
  for (const group of groupsOf(stages)) results.push(...(await Promise.all(group.map(one))));
  return results;
}

/** One table, and one line that says how it ended, after so many seconds. */
export function summary(results, seconds) {
  const width = Math.max(...results.map((result) => result.name.length));
  const rows = results.map(({ name, ok, seconds, note }) => {
    const cells = [
      name.padEnd(width),
      ok ? 'passed' : 'FAILED',
      `${seconds.toFixed(1).padStart(7)} s`,
    ];
    return note ? `${cells.join('  ')}  ${note.split('\n')[0]}` : cells.join('  ');
  });
  const failed = results.filter((result) => !result.ok).length;
  const end = failed
    ? `${failed} of ${results.length} stages failed`
    : `all ${results.length} stages passed`;
  return [...rows, `${end} in ${seconds.toFixed(0)} s`].join('\n');
}
