// What a process has used: processor time and memory, as Linux tells them; undefined elsewhere.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const read = (pid, name) => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
};

let ticks;
const ticksPerSecond = () => {
  ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return ticks;
};

/** Seconds of processor time of all its threads. */
export function processorTime(pid) {
  const fields = read(pid, 'stat')?.split(') ').at(-1).split(' ');
  // Fields 14 and 15 of the whole line: in its own code and in the kernel's.
  return fields && (Number(fields[11]) + Number(fields[12])) / ticksPerSecond();
}

/** The most bytes that it has held in memory. */
export function peakMemory(pid) {
  const kib = read(pid, 'status')?.match(/^VmHWM:\s*(\d+) kB$/m)?.[1];
  return kib && Number(kib) * 1024;
}
