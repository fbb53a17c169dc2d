// The options of npm start: ports and the data folder, from the command line or the environment.
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { FAULTS, parseFault } from '../../examples/build-pipeline/faults.mjs';
import { parseSdk, SDKS } from '../../examples/shared/sdks.mjs';
import { root } from '../lib/paths.mjs';
import { StepError } from '../lib/step.mjs';

export const USAGE = `npm start -- [--port 3000] [--collector-port 4318] [--api-port 0] [--data FOLDER] [--fault NAME] [--sdk NAME]

  --port            the demo page and its backend   (PORT)
  --collector-port  the collector and its viewer    (COLLECTOR_PORT)
  --api-port        the API of the build pipeline   (API_PORT)
  --data            where the databases are kept    (TRACELINK_DATA, default .tracelink)
  --fault           what goes wrong in a build      (FAULT, default none)
  --sdk             who makes a build's spans       (SDK, default opentelemetry)
A port of 0 takes a free one.

${Object.entries(FAULTS)
  .map(([name, effect]) => `  --fault ${name.padEnd(15)} ${effect}`)
  .join('\n')}

${Object.entries(SDKS)
  .map(([name, effect]) => `  --sdk ${name.padEnd(17)} ${effect}`)
  .join('\n')}`;

function port(option, variable, value, fallback) {
  const text = value ?? process.env[variable] ?? String(fallback);
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) {
    throw new StepError('start', `--${option} is "${text}", not a port from 0 to 65535`);
  }
  return Number(text);
}

/** One of the names that `parse` knows. */
function named(parse, name) {
  try {
    return parse(name);
  } catch (error) {
    throw new StepError('start', error.message);
  }
}

export function startOptions(args) {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        port: { type: 'string' },
        'collector-port': { type: 'string' },
        'api-port': { type: 'string' },
        data: { type: 'string' },
        fault: { type: 'string' },
        sdk: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
  } catch (error) {
    throw new StepError('start', error.message.split('\n')[0], 'Try: npm start -- --help');
  }
  return {
    help: values.help ?? false,
    port: port('port', 'PORT', values.port, 3000),
    collectorPort: port('collector-port', 'COLLECTOR_PORT', values['collector-port'], 4318),
    apiPort: port('api-port', 'API_PORT', values['api-port'], 0),
    fault: named(parseFault, values.fault ?? process.env.FAULT ?? 'none'),
    sdk: named(parseSdk, values.sdk ?? process.env.SDK ?? 'opentelemetry'),
    data: resolve(values.data ?? process.env.TRACELINK_DATA ?? join(root, '.tracelink')),
  };
}

/** Fails with one line when somebody listens there already; asked before anything is built. */
export async function checkPort(number, what, option) {
  const server = createServer();
  const error = await new Promise((done) => {
    server.once('error', done);
    server.listen(number, '127.0.0.1', () => server.close(() => done(undefined)));
  });
  if (!error) return;
  const why = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${error.code})`;
  throw new StepError(
    'start',
    `port ${number} ${why}`,
    `Choose another for the ${what} with --${option}.`,
  );
}
