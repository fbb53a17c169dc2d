// flush and stats.

import { crate } from './bridge.ts';
import { callToSend } from './platform/hook.js';
import { guard, ON, overflowed, state } from './state.ts';
import type { DropReason, FlushResult, Stats } from './types.d.ts';

const REASONS =
  'buffer_full too_large rejected not_retryable expired storage_full blocked discarded'.split(
    ' ',
  ) as DropReason[];

/** The counts as they stand in the crate's memory, in the order of src/delivery/counters.rs. */
export const counts = (): Uint32Array | undefined =>
  guard(() => new Uint32Array(crate.memory.buffer, crate.stats(), 18));

export function stats(): Stats {
  const [started, ended, notSampled, delivered, ignored, ...rest] = counts() ?? new Uint32Array(18);
  const [pending, pendingBytes, kept, persisted, recovered] = rest.slice(8);
  const dropped: Stats['dropped'] = {};
  rest[0] += overflowed;
  REASONS.forEach((reason, index) => {
    if (rest[index]) dropped[reason] = rest[index];
  });
  return {
    started: started + overflowed,
    open: started - ended,
    ended: ended + overflowed,
    notSampled,
    recovered,
    delivered,
    pending,
    pendingBytes,
    persisted,
    kept,
    ignored,
    dropped,
  };
}

const waiting: (() => void)[] = [];

/** Resolves the flushes whose requests were answered. */
export function settleFlushes(): void {
  if (waiting.length === 0 || !guard(() => crate.isSettled(), 1)) return;
  for (const resolve of waiting.splice(0)) resolve();
}

const total = (counts: Stats['dropped']) =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

export async function flush(): Promise<FlushResult> {
  const before = stats();
  if (state === ON) {
    callToSend('flush');
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      settleFlushes();
    });
  }
  // Of a tracer that is gone meanwhile nothing is known.
  const after = state === ON ? stats() : before;
  return {
    delivered: after.delivered - before.delivered,
    pending: after.pending,
    persisted: after.persisted,
    dropped: total(after.dropped) - total(before.dropped),
  };
}
