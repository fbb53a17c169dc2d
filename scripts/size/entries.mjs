// Measures the built files of each entry point as a server would send them: what a page loads with default options.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../lib/paths.mjs';
import { budgets } from './table.mjs';

const gzipped = (file) => gzipSync(readFileSync(join(root, file)), { level: 9 }).length;

/** One row for each entry point with its budget, and one for each of its files. */
export function measureEntries() {
  const { goal, entries } = budgets();
  return Object.entries(entries).flatMap(([name, { files, budget }]) => {
    const parts = files.map((file) => ({ name: `  ${file}`, bytes: gzipped(file) }));
    const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    return [{ name, bytes, budget, over: bytes > budget, goal }, ...parts];
  });
}
