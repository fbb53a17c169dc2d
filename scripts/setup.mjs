// npm run setup [-- --tests]: installs what building needs, and with --tests what the tests need too.
import { main, say, seconds } from './lib/step.mjs';
import { setup } from './setup/index.mjs';

await main(async () => {
  const start = performance.now();
  await setup({ tests: process.argv.includes('--tests') });
  say(`set-up is complete (${seconds(start)} s)`);
});
