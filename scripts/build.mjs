// npm run build: the wasm package (pkg/), the shell (dist/) and the web app (www/dist). npm pack works after it.
import { build } from './build/index.mjs';
import { main, say, seconds } from './lib/step.mjs';
import { setup } from './setup/index.mjs';

await main(async () => {
  const start = performance.now();
  await setup();
  await build();
  say(`the build is up to date (${seconds(start)} s)`);
});
