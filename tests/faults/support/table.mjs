// The table that a run prints: a line for each fault in each browser, and below it what went wrong.

const COLUMNS = {
  fault: 'fault',
  browser: 'browser',
  origin: 'origin',
  ended: 'ended',
  stored: 'stored',
  twice: 'twice',
  toldOf: 'told of',
  lost: 'lost',
};
const WIDTHS = [42, 9, 6, 8, 8, 6, 8, 8, 0];

const line = (cells) =>
  cells
    .map((cell, at) =>
      at < 3 || at > 7 ? String(cell).padEnd(WIDTHS[at]) : String(cell).padStart(WIDTHS[at]),
    )
    .join('  ')
    .trimEnd();

export const heading = () => line([...Object.values(COLUMNS), '']);

export function row(outcome) {
  const { problems, note } = outcome;
  const verdict = [problems.length ? 'FAILED' : 'ok', note].filter(Boolean).join(', ');
  const cells = Object.keys(COLUMNS).map((column) => outcome[column]);
  return [line([...cells, verdict]), ...problems.map((problem) => `    ${problem}`)].join('\n');
}

/** One line that says how it ended. */
export function summary(rows) {
  const failed = rows.filter(({ problems }) => problems.length).length;
  const lost = rows.reduce((sum, row) => sum + Math.max(row.lost, 0), 0);
  return failed
    ? `${failed} of ${rows.length} runs failed, ${lost} spans lost`
    : `${rows.length} runs, no span lost`;
}
