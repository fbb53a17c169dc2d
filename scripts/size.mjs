// npm run size: what a page loads, gzip -9, against the budgets of size.json. Ends with 1 when one is exceeded.
import { build } from './build/index.mjs';
import { main } from './lib/step.mjs';
import { setup } from './setup/index.mjs';
import { measure, table } from './size/measure.mjs';

await main(async () => {
  await setup();
  await build();
  const rows = measure();
  process.stdout.write(`${table(rows)}\n`);
  return rows.some((row) => row.over) ? 1 : 0;
});
