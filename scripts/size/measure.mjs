// Measures the built files of each entry point as a server would send them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../lib/paths.mjs';

const gzipped = (file) => gzipSync(readFileSync(join(root, file)), { level: 9 }).length;

/** One row for each file, and one for each entry point with its budget. */
export function measure() {
  const { limit, entries } = JSON.parse(readFileSync(join(root, 'size.json'), 'utf8'));
  return Object.entries(entries).flatMap(([entry, { files, budget }]) => {
    const parts = files.map((file) => ({ name: `  ${file}`, bytes: gzipped(file) }));
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    const bound = Math.min(budget, limit);
    return [{ name: entry, bytes, budget: bound, over: bytes > bound }, ...parts];
  });
}

export function table(rows) {
  const width = Math.max(...rows.map((row) => row.name.length));
  const line = ({ name, bytes, budget, over }) => {
    const bound =
      budget === undefined ? '' : `${String(budget).padStart(9)}  ${over ? 'OVER' : 'ok'}`;
    return `${name.padEnd(width)}  ${String(bytes).padStart(9)}${bound && `  ${bound}`}`;
  };
  const head = `${'gzip -9, bytes'.padEnd(width)}  ${'size'.padStart(9)}  ${'budget'.padStart(9)}`;
  return [head, ...rows.map(line)].join('\n');
}
