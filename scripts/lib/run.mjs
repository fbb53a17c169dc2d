// Runs a command to its end, keeps its output in a log, and finds the line that says why it failed.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { adopt } from './children.mjs';
import { logs } from './paths.mjs';
import { StepError } from './step.mjs';

/**
 * Runs a command to its end. Resolves with { code, output }; a command that cannot start has code 127, one that ran
 * out of time 124.
 */
export function run(command, args, { cwd, env, log, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const kill = adopt(child);
    let output = '';
    let file;
    if (log) {
      mkdirSync(dirname(log), { recursive: true });
      file = createWriteStream(log);
      file.write(`$ ${command} ${args.join(' ')}\n`);
    }
    const take = (chunk) => {
      output += chunk;
      file?.write(chunk);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    let timedOut = false;
    const timer =
      timeoutMs &&
      setTimeout(() => {
        timedOut = true;
        kill('SIGKILL');
      }, timeoutMs);
    let done = false;
    const finish = (code) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      file?.end();
      resolve({ code, output });
    };
    child.on('error', (error) => {
      output += error.message;
      finish(127);
    });
    child.on('close', (code) => finish(timedOut ? 124 : (code ?? 1)));
  });
}

/** The line of a tool's output that most likely names the cause. */
export function cause(output) {
  const lines = stripVTControlCharacters(output)
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  const named = lines.find((line) =>
    /^(error(\[\w+\])?: |fatal: |E: |npm error |\[[A-Z_]+\] )/.test(line),
  );
  return (named ?? lines.at(-1) ?? 'no output').slice(0, 200);
}

/** Runs a command that must succeed; its failure is one line with the cause and the log's path. */
export async function must(step, command, args, options = {}) {
  const log = options.log ?? join(logs, `${step.replace(/[^\w.-]+/g, '-')}.log`);
  const result = await run(command, args, { ...options, log });
  if (result.code !== 0) {
    const why =
      result.code === 127
        ? `${command} could not be started (${cause(result.output)})`
        : result.code === 124
          ? `${command} took longer than ${options.timeoutMs / 1000} s`
          : `${command} ended with ${result.code} (${cause(result.output)})`;
    throw new StepError(
      step,
      why,
      [options.remedy, `Its output is in ${log}`].filter(Boolean).join(' '),
    );
  }
  return result.output;
}
