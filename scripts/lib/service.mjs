// A program that runs until it is stopped: waits for its ready line, notices its death, ends it in good order.
import { spawn } from 'node:child_process';
import { adopt } from './children.mjs';
import { StepError } from './step.mjs';

const READY_MS = 30_000;
const STOP_MS = 5_000;

/**
 * Starts a program and resolves once its standard output names an http address:
 * { name, pid, url, exited, stop, kill, output() }. `exited` resolves with one line that says how it ended.
 */
export async function startService(name, command, args, { cwd, env, remedy } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a Ctrl-C reaches the script alone, which stops its services in order
  });
  let output = '';
  let lastError = '';
  const kill = adopt(child);
  const exited = new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => {
      resolve(lastError.trim().split('\n').at(-1) || `ended with ${signal ?? code}`);
    });
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output += text;
    lastError = text.trim() || lastError;
  });
  const ready = new Promise((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      const url = output.match(/https?:\/\/\S+/)?.[0];
      if (url) resolve({ url });
    });
  });
  const service = {
    name,
    pid: child.pid,
    exited,
    output: () => output,
    async stop() {
      kill('SIGTERM');
      const timer = setTimeout(() => kill('SIGKILL'), STOP_MS);
      await exited;
      clearTimeout(timer);
    },
    /** As a crash would: no goodbye, no flush. */
    async kill() {
      kill('SIGKILL');
      await exited;
    },
  };
  const late = new Promise((resolve) => setTimeout(resolve, READY_MS, { late: true }).unref());
  const first = await Promise.race([ready, late, exited.then((line) => ({ line }))]);
  if (first.url) return Object.assign(service, { url: first.url });
  if (first.late) await service.stop();
  throw new StepError(name, first.line ?? `not ready after ${READY_MS / 1000} s`, remedy);
}
