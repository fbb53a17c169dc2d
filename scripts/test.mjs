// npm test [-- --only STAGE,…]: everything a change must pass, stage by stage, with one summary at the end.
import { parseArgs } from 'node:util';
import { main, StepError, say } from './lib/step.mjs';
import { setup } from './setup/index.mjs';
import { runStages, summary } from './test/runner.mjs';
import { selectStages, stages } from './test/stages.mjs';

/** The stages that `--only` names, each time it is given. Anything else is a mistake, not a wish for all of them. */
function chosenNames(args) {
  try {
    const { values } = parseArgs({ args, options: { only: { type: 'string', multiple: true } } });
    return (values.only ?? []).flatMap((list) => list.split(',')).filter(Boolean);
  } catch (error) {
    throw new StepError('test', error.message, 'Use npm test [-- --only STAGE,…].');
  }
}

await main(async () => {
  const chosen = selectStages(stages, chosenNames(process.argv.slice(2)));
  await setup({ tests: true, python: chosen.some((stage) => stage.python) });
  const start = performance.now();
  const results = await runStages(chosen, say);
  process.stdout.write(`\n${summary(results, (performance.now() - start) / 1000)}\n`);
  return results.some((result) => !result.ok) ? 1 : 0;
});
