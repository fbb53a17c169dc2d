// Searches for the arrangement of a file that takes the fewest bytes after gzip.
//
// The search always takes the same steps, so that the same start gives the same file.
import { gzipSync } from 'node:zlib';

export const packed = (file) => gzipSync(file, { level: 9 }).length;

/** The same numbers from 0 to 1 each time, and no cycle among them within any search: Tommy Ettinger's mulberry32. */
function sequence() {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Starts with the arrangement `first`, asks `change` for another one at each step, given the number of the step and the
 * choice of any element of a list, and goes on from that unless what `write` makes of it is larger.
 */
export function search(first, { steps, change, write }) {
  const next = sequence();
  const any = (list) => list[Math.floor(next() * list.length)];
  let best = first;
  let least = packed(write(first));
  for (let step = 0; step < steps; step++) {
    const other = change(best, step, any);
    const bytes = packed(write(other));
    if (bytes > least) continue;
    least = bytes;
    best = other;
  }
  return best;
}
