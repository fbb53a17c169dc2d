// The life of an example's process: options from the environment, one ready line, errors in one line, a clean end.
import { parseSdk } from './sdks.mjs';

/**
 * @typedef {{
 *   text: (name: string, fallback: string) => string,
 *   url: (name: string, fallback: string) => string,
 *   number: (name: string, fallback: number, most?: number) => number,
 *   environment: string,
 *   collector: string,
 * }} Settings
 * @typedef {{ ready: string, close: () => Promise<void> }} Running `ready`: the line that says so
 */

/**
 * @param {string} name as in "… cannot start"
 * @param {string} serviceName
 * @param {(settings: Settings) => Promise<Running>} start
 */
export async function runService(name, serviceName, start) {
  try {
    const settings = settingsOf(process.env);
    const { startTelemetry } = await telemetryOf(parseSdk(settings.text('SDK', 'opentelemetry')));
    const telemetry = startTelemetry({
      serviceName: settings.text('OTEL_SERVICE_NAME', serviceName),
      environment: settings.environment,
      endpoint: settings.collector,
      exportDelayMs: settings.number('OTEL_BSP_SCHEDULE_DELAY', 500),
    });
    const running = await start(settings);
    console.log(running.ready);

    let stopping = false;
    const stop = async () => {
      if (stopping) return;
      stopping = true;
      await running.close();
      await telemetry.shutdown();
      process.exit(0);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    // Started by another process of the example: it ends with that one, however that one ends.
    process.on('disconnect', stop);
  } catch (error) {
    console.error(`${name} cannot start: ${explain(error)}`);
    process.exit(1);
  }
}

/**
 * Each SDK patches Node as it is loaded: only the chosen one is.
 * @param {import('./sdks.mjs').Sdk} sdk
 */
function telemetryOf(sdk) {
  return sdk === 'sentry' ? import('./sentry-telemetry.mjs') : import('./telemetry.mjs');
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Settings}
 */
function settingsOf(env) {
  const text = (/** @type {string} */ name, /** @type {string} */ fallback) =>
    env[name] || fallback;
  const url = (/** @type {string} */ name, /** @type {string} */ fallback) => {
    const value = text(name, fallback);
    if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
      throw new Error(`${name} is "${value}", not an http address`);
    }
    return value;
  };
  return {
    text,
    url,
    number(name, fallback, most = 65535) {
      const value = text(name, String(fallback));
      if (!/^\d{1,9}$/.test(value) || Number(value) > most) {
        throw new Error(`${name} is "${value}", not a number from 0 to ${most}`);
      }
      return Number(value);
    },
    environment: text('ENVIRONMENT', 'development'),
    collector: url('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:4318'),
  };
}

/** @param {any} error */
function explain(error) {
  if (error.code === 'EADDRINUSE') {
    return `${error.address}:${error.port} is in use; set PORT to another port`;
  }
  if (error.code === 'EACCES') return `port ${error.port} is not allowed; set PORT to another port`;
  return error.message;
}
