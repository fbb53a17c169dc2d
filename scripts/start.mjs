// npm start: sets up and builds what is missing, then runs the collector and the example backends until Ctrl-C.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FAULTS } from '../examples/build-pipeline/faults.mjs';
import { SDKS } from '../examples/shared/sdks.mjs';
import { build } from './build/index.mjs';
import { handleSignals } from './lib/children.mjs';
import { main, StepError, say } from './lib/step.mjs';
import { setup } from './setup/index.mjs';
import { checkPort, startOptions, USAGE } from './start/options.mjs';
import { startBuildPipeline, startCollector, startExampleBackend } from './start/services.mjs';

const PARENT_CHECK_MS = 1000;

/** Resolves with the reason to stop: a signal, or the end of the npm that runs this script. */
function stopRequested() {
  return new Promise((resolve) => {
    handleSignals(resolve);
    if (!process.env.npm_lifecycle_event) return;
    const parent = process.ppid;
    const watch = () => process.ppid !== parent && resolve('npm ended');
    setInterval(watch, PARENT_CHECK_MS).unref();
  });
}

function makeDataFolder(folder) {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new StepError('start', error.message, 'Choose another folder with --data.');
  }
}

async function stopAll(services) {
  for (const service of services.toReversed()) await service.stop();
}

await main(async () => {
  const options = startOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  await checkPort(options.collectorPort, 'collector', 'collector-port');
  await checkPort(options.port, 'demo page', 'port');
  await checkPort(options.apiPort, 'build API', 'api-port');
  await setup();
  await build({ collector: true });
  makeDataFolder(options.data);

  const stop = stopRequested();
  const services = [];
  try {
    services.push(
      await startCollector({
        port: options.collectorPort,
        database: join(options.data, 'traces.db'),
        remedy: 'Choose another port with --collector-port or another folder with --data.',
      }),
    );
    const collectorUrl = services[0].url;
    const pipeline = await startBuildPipeline({
      port: options.apiPort,
      database: join(options.data, 'builds.db'),
      collectorUrl,
      fault: options.fault,
      sdk: options.sdk,
      remedy: 'Choose another port with --api-port or another folder with --data.',
    });
    services.push(pipeline);
    services.push(
      await startExampleBackend({
        port: options.port,
        database: join(options.data, 'todos.db'),
        collectorUrl,
        buildApiUrl: pipeline.url,
        remedy: 'Choose another port with --port or another folder with --data.',
      }),
    );
    say(`collector and viewer on ${collectorUrl}, database in ${options.data}`);
    say(`build API on ${pipeline.url}`);
    if (options.fault !== 'none') say(`fault ${options.fault}: ${FAULTS[options.fault]}`);
    if (options.sdk !== 'opentelemetry') say(`builds: ${SDKS[options.sdk]}`);
    process.stdout.write(`\nOpen ${services.at(-1).url} (Ctrl-C stops everything)\n`);
    const deaths = services.map(async (service) => ({ service, line: await service.exited }));
    const death = await Promise.race([stop, ...deaths]);
    if (death.service) throw new StepError(death.service.name, `stopped by itself: ${death.line}`);
    return 0;
  } finally {
    await stopAll(services);
  }
});
// Signal handlers keep no process alive, but a service's pipe that a grandchild holds would.
process.exit();
