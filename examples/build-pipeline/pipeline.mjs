// Starts the four processes of the build pipeline and stops them together; README.md beside it lists the variables.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseSdk, SDKS } from '../shared/sdks.mjs';
import { FAULTS, parseFault } from './faults.mjs';

/** @type {{ name: string, child: import('node:child_process').ChildProcess, ended: Promise<void> }[]} */
const processes = [];
let stopping = false;

for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => stop(0));

try {
  const { values } = parseArgs({ options: { sdk: { type: 'string' }, fault: { type: 'string' } } });
  const fault = parseFault(values.fault ?? (process.env.FAULT || 'none'));
  const sdk = parseSdk(values.sdk ?? (process.env.SDK || 'opentelemetry'));
  Object.assign(process.env, { FAULT: fault, SDK: sdk });
  const [broker, processor] = await Promise.all([
    start('broker', { PORT: '0' }),
    start('processor', { PORT: '0' }),
  ]);
  const [api] = await Promise.all([
    start('api', { BROKER_URL: broker, PROCESSOR_URL: processor }),
    start('runner', { BROKER_URL: broker }),
  ]);
  const state = fault === 'none' ? '' : ` with the fault ${fault}: ${FAULTS[fault]}`;
  const sender = sdk === 'opentelemetry' ? '' : ` (${SDKS[sdk]})`;
  console.log(`Build pipeline ready on ${api}${state}${sender}`);
} catch (error) {
  console.error(`The build pipeline cannot start: ${error.message}`);
  await stop(1);
}

/**
 * @param {string} name of the file beside this one
 * @param {Record<string, string>} env
 * @returns {Promise<string>} the address in its ready line
 */
function start(name, env) {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`${name}.mjs`, import.meta.url))], {
    env: { ...process.env, ...env },
    // With the channel the process notices when this one is gone.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let lastError = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    lastError = text.trim() || lastError;
    if (!stopping) process.stderr.write(text);
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  processes.push({ name, child, ended: ended.then(() => {}) });
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      output += text;
      const url = output.match(/http:\/\/\S+/)?.[0];
      if (url) resolve(url);
    });
    child.once('close', (code, signal) => {
      reject(new Error(lastError.split('\n').at(-1) || `the ${name} ended with ${signal ?? code}`));
      if (stopping || !output) return;
      console.error(`The ${name} ended by itself (${signal ?? code})`);
      stop(1);
    });
  });
}

/** @param {number} code */
async function stop(code) {
  if (stopping) return;
  stopping = true;
  for (const { child } of processes) child.kill('SIGTERM');
  await Promise.all(processes.map(({ ended }) => ended));
  process.exit(code);
}
