// Starts the example backend from environment variables; README.md beside it lists them.
import { fileURLToPath } from 'node:url';
import { startBackend } from './app.mjs';
import { startTelemetry } from './telemetry.mjs';

try {
  await main(process.env);
} catch (error) {
  console.error(`The example backend cannot start: ${explain(error)}`);
  process.exitCode = 1;
}

/** @param {NodeJS.ProcessEnv} env */
async function main(env) {
  const environment = env.ENVIRONMENT || 'development';
  const endpoint = url('OTEL_EXPORTER_OTLP_ENDPOINT', env, 'http://127.0.0.1:4318');
  const port = number('PORT', env, 3000);
  const options = {
    port,
    host: env.HOST || '127.0.0.1',
    databaseFile: env.DB_FILE || 'todos.db',
    pageRoot: env.PAGE_ROOT || fileURLToPath(new URL('../../www/dist', import.meta.url)),
    collector: url('TRACELINK_ENDPOINT', env, endpoint),
    environment,
  };
  const exportDelayMs = number('OTEL_BSP_SCHEDULE_DELAY', env, 500);
  const serviceName = env.OTEL_SERVICE_NAME || 'todo-backend';
  const telemetry = startTelemetry({ serviceName, environment, endpoint, exportDelayMs });
  const backend = await startBackend(options);
  console.log(`Example backend ready on ${backend.url}`);

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await backend.close();
    await telemetry.shutdown();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @param {string} fallback
 */
function url(name, env, fallback) {
  const value = env[name] || fallback;
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw new Error(`${name} is "${value}", not an http address`);
  }
  return value;
}

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @param {number} fallback
 */
function number(name, env, fallback) {
  const text = env[name];
  if (!text) return fallback;
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65535) {
    throw new Error(`${name} is "${text}", not a number from 0 to 65535`);
  }
  return Number(text);
}

/** @param {any} error */
function explain(error) {
  if (error.code === 'EADDRINUSE') {
    return `${error.address}:${error.port} is in use; set PORT to another port`;
  }
  if (error.code === 'EACCES') return `port ${error.port} is not allowed; set PORT to another port`;
  return error.message;
}
