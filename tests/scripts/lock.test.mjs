// The set-up lock: one holder at a time, and a dead holder's lock is taken over.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../../scripts/lib/lock.mjs';

let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracelink-lock-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('work under one lock never overlaps, and the lock goes away', async () => {
  const path = join(folder, 'one.lock');
  let inside = 0;
  let most = 0;
  const work = () =>
    withLock(path, 'test', async () => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(20);
      inside -= 1;
    });
  await Promise.all([work(), work(), work()]);
  assert.equal(most, 1);
  assert.ok(!existsSync(path));
});

test('the lock of a process that died is taken over', async () => {
  const path = join(folder, 'dead.lock');
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(path, String(pid));
  assert.equal(await withLock(path, 'test', async () => 'done'), 'done');
});

test('work that fails gives the lock back', async () => {
  const path = join(folder, 'failing.lock');
  await assert.rejects(
    withLock(path, 'test', async () => {
      throw new Error('broken');
    }),
    /broken/,
  );
  assert.ok(!existsSync(path));
});
