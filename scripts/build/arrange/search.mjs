// Searches for the arrangement of a file that takes the fewest bytes after gzip.
//
// The search always takes the same steps, so that the same start gives the same file.
import { gzipSync } from 'node:zlib';

export const packed = (file) => gzipSync(file, { level: 9 }).length;

/** The same numbers from 0 to 1 each time. */
function sequence() {
  let seed = 1;
  return () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
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
