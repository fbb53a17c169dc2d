// The tables for people, and the result for machines.
import { mkdir, writeFile } from 'node:fs/promises';
import { summary } from './statistics.mjs';

const number = (value) => value.toFixed(value < 100 ? 2 : 0);
const spread = ({ median, low, high }) =>
  `${number(median).padStart(8)}  ${`${number(low)} to ${number(high)}`.padStart(18)}`;

/** Medians and quartiles of every value that a kind's rounds gave. */
export function summarise(results) {
  const rows = [];
  for (const [contender, variants] of Object.entries(results))
    for (const [variant, rounds] of Object.entries(variants))
      for (const value of Object.keys(rounds[0]))
        rows.push({ contender, variant, value, ...summary(rounds.map((round) => round[value])) });
  return rows;
}

/** A table of one kind. */
export function table(title, rows) {
  const lines = rows.map(
    (row) =>
      `  ${row.contender.padEnd(24)}${row.variant.padEnd(10)}${row.value.padEnd(13)}${spread(row)}`,
  );
  const head = `  ${''.padEnd(47)}${'median'.padStart(8)}  ${'quartiles'.padStart(18)}`;
  return [title, head, ...lines].join('\n');
}

/** The checks, one line each. */
export const verdicts = (checks) =>
  checks
    .map(
      ({ what, reached, asked, missed }) =>
        `  ${missed ? 'MISSED' : 'ok    '}  ${what.padEnd(58)}${number(reached.median).padStart(7)}  (${asked})`,
    )
    .join('\n');

/** Writes the result where results are kept; returns its path. */
export async function write(result) {
  const folder = new URL('../results/', import.meta.url);
  await mkdir(folder, { recursive: true });
  const file = new URL(`${result.date.slice(0, 16).replace(':', '')}.json`, folder);
  await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
  return `bench/results/${file.pathname.split('/').at(-1)}`;
}
