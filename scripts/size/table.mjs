// The budgets of size.json, and measured rows beside them as a table.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';

export const budgets = () => JSON.parse(readFileSync(join(root, 'size.json'), 'utf8'));

export function table(unit, rows) {
  const title = `bytes, ${unit}`;
  const width = Math.max(title.length, ...rows.map((row) => row.name.length));
  const line = ({ name, bytes, budget, over, goal }) => {
    const cells = [name.padEnd(width), String(bytes).padStart(8)];
    if (budget !== undefined) cells.push(String(budget).padStart(8), over ? 'OVER' : 'ok');
    if (goal < bytes) cells.push(`(goal ${goal}: ${bytes - goal} over)`);
    return cells.join('  ');
  };
  const head = [title.padEnd(width), 'size'.padStart(8), 'budget'.padStart(8)].join('  ');
  return [head, ...rows.map(line)].join('\n');
}
