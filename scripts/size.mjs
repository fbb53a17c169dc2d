// npm run size: what a page loads, gzip -9, against the budgets of size.json. Ends with 1 when one is exceeded.
import { build } from './build/index.mjs';
import { main } from './lib/step.mjs';
import { setup } from './setup/index.mjs';
import { measureEntries } from './size/entries.mjs';
import { measureFeatures } from './size/features.mjs';
import { budgets, table } from './size/table.mjs';

await main(async () => {
  await setup();
  await build();
  const entries = measureEntries();
  process.stdout.write(`${table('gzip -9', entries)}\n`);
  const features = await measureFeatures(budgets().features);
  process.stdout.write(`\n${table('before compression', features)}\n`);
  return [...entries, ...features].some((row) => row.over) ? 1 : 0;
});
