// One at a time: a lock file that names its owner and is kept fresh while the owner lives.
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './step.mjs';

const STALE_MS = 60_000;
const BEAT_MS = 5_000;

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function take(path) {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, path); // appears whole, or not at all
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Moves a lock away whose owner is gone, and tells whether to try again. Only one of several waiters gets to rename it. */
function clearIfStale(path) {
  try {
    const owner = Number(readFileSync(path, 'utf8'));
    if (alive(owner) && Date.now() - statSync(path).mtimeMs < STALE_MS) return false;
    const aside = `${path}.stale-${process.pid}`;
    renameSync(path, aside);
    // Another waiter may have been quicker, and this is its new lock: put it back.
    if (Number(readFileSync(aside, 'utf8')) !== owner) linkSync(aside, path);
    rmSync(aside);
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  }
  return true;
}

/** Runs `work` while nobody else holds `path`; `what` names it to those who wait. */
export async function withLock(path, what, work) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!take(path)) {
    if (clearIfStale(path)) continue;
    if (!told) say(`another ${what} is running, waiting for it`);
    told = true;
    await sleep(200);
  }
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  const beat = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(path, now, now);
    } catch {
      // Somebody removed the lock by hand; the work goes on.
    }
  }, BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.off('exit', release);
    release();
  }
}
