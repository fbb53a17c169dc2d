// The real collector and the real processes of the pipeline on free ports, for the tests.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const WAIT_MS = 30_000;
const TARGET = process.env.CARGO_TARGET_DIR || 'target';
const ROOT = new URL('../../../', import.meta.url);
const COLLECTOR = fileURLToPath(new URL(`${TARGET}/release/tracelink-collector`, ROOT));
const PIPELINE = fileURLToPath(new URL('../pipeline.mjs', import.meta.url));

/** The trace that a page would have begun. */
export const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PAGE = {
  traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
  'sentry-trace': `${TRACE}-b7ad6b7169203331-1`,
};

/**
 * @typedef {{
 *   spanId: string,
 *   parentSpanId?: string,
 *   name: string,
 *   kind: string,
 *   serviceName: string,
 *   depth: number,
 *   offsetMs: number,
 *   durationMs: number,
 *   attributes: Record<string, any>,
 *   status: { code: string, message?: string },
 * }} Span
 */

/**
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} env
 */
export function start(command, args, env) {
  const child = spawn(command, args, { env: { PATH: process.env.PATH, ...env } });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output.stderr += text;
  });
  const exit = once(child, 'close').then(([code]) => code);
  return {
    child,
    output,
    exit,
    /** @returns {Promise<string>} the address in the ready line */
    async url() {
      let ended = false;
      exit.then(() => {
        ended = true;
      });
      for (;;) {
        const url = /http:\/\/[\w.:]+/.exec(output.stdout)?.[0];
        if (url) return url;
        if (ended) throw new Error(output.stderr);
        await sleep(20);
      }
    },
    async stop() {
      child.kill('SIGTERM');
      return exit;
    },
  };
}

/** @param {Record<string, string>} env @param {string[]} [args] */
export const startPipeline = (env, args = []) =>
  start(process.execPath, [PIPELINE, ...args], { PORT: '0', DB_FILE: ':memory:', ...env });

export const startCollector = () =>
  start(COLLECTOR, ['--listen', '127.0.0.1:0', '--db', ':memory:'], {});

/** @param {Record<string, string>} [env] @param {string[]} [args] of the pipeline */
export async function startWorld(env = {}, args = []) {
  const collector = startCollector();
  const collectorUrl = await collector.url();
  const variables = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl,
    OTEL_BSP_SCHEDULE_DELAY: '50',
    STEP_MS: '20',
    ...env,
  };
  const pipeline = startPipeline(variables, args);
  const api = await pipeline.url().catch(async (error) => {
    await collector.stop();
    throw error;
  });

  /** @param {string} path @returns {Promise<any>} */
  const read = async (path) => (await fetch(collectorUrl + path)).json();
  return {
    api,
    pipeline,
    startBuild: () => fetch(`${api}/api/builds`, { method: 'POST', headers: PAGE }),
    /** The session, once it is over. @returns {Promise<import('../store.mjs').Session>} */
    async finishedSession() {
      return waitFor('the end of the build', async () => {
        const response = await fetch(`${api}/api/builds/latest`);
        const { session } = /** @type {any} */ (await response.json());
        return session?.endedAt ? session : undefined;
      });
    },
    /**
     * The spans of a trace in tree order, once there are `count` of them.
     * @param {string} traceId
     * @param {number} count
     * @returns {Promise<Span[]>}
     */
    spans: (traceId, count) =>
      waitFor(`${count} spans of ${traceId}`, async () => {
        const { spans = [] } = await read(`/api/traces/${traceId}/waterfall`);
        return spans.length >= count ? spans : undefined;
      }),
    /**
     * Traces that a service has part in, once there are `count` of them.
     * @param {string} service
     * @param {number} count
     * @returns {Promise<{ traceId: string, rootName: string }[]>}
     */
    traces: (service, count) =>
      waitFor(`${count} traces of ${service}`, async () => {
        const { traces } = await read(`/api/summaries?service=${service}&limit=100`);
        return traces.length >= count ? traces : undefined;
      }),
    async stop() {
      const code = await pipeline.stop();
      await collector.stop();
      return code;
    },
  };
}

/**
 * @template T
 * @param {string} what
 * @param {() => Promise<T | undefined>} look
 * @returns {Promise<T>}
 */
async function waitFor(what, look) {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what} did not come in ${WAIT_MS} ms`);
    await sleep(50);
  }
}

/** One line a span, indented as in the waterfall. @param {Span[]} spans */
export const outline = (spans) =>
  spans
    .map(({ depth, name, kind, serviceName }) => {
      return `${'  '.repeat(depth)}${name} [${kind.toLowerCase()} ${serviceName}]`;
    })
    .join('\n');
