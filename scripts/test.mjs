// npm test [-- --only STAGE,…]: everything a change must pass, stage by stage, with one summary at the end.
import { main, say } from './lib/step.mjs';
import { setup } from './setup/index.mjs';
import { runStages, summary } from './test/runner.mjs';
import { selectStages, stages } from './test/stages.mjs';

function chosenNames(args) {
  const at = args.findIndex((arg) => arg === '--only' || arg.startsWith('--only='));
  if (at < 0) return [];
  const value = args[at].includes('=') ? args[at].split('=')[1] : args[at + 1];
  return (value ?? '').split(',').filter(Boolean);
}

await main(async () => {
  const chosen = selectStages(stages, chosenNames(process.argv.slice(2)));
  await setup({ tests: true });
  const results = await runStages(chosen, say);
  process.stdout.write(`\n${summary(results)}\n`);
  return results.some((result) => !result.ok) ? 1 : 0;
});
