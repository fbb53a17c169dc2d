// One example backend, the collector, and the examples' page a second time on an origin of its own.
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { root } from '../../../../scripts/lib/paths.mjs';
import { startService } from '../../../../scripts/lib/service.mjs';
import { startCollector } from '../../../../scripts/start/services.mjs';
import { CollectorClient } from '../../../e2e/harness/collector-client.mjs';
import { tree } from './tree.mjs';

const WAIT_MS = 15_000;
const POLL_MS = 100;
/** Spans of the page's load that say nothing of the backend. */
const FILES = ['documentFetch', 'resourceFetch'];

/** The page as a front end's own server would serve it: another origin than the backend. */
async function servePage() {
  const page = express.static(join(root, 'examples', 'backends', 'page'));
  const app = express();
  app.use('/dist', express.static(join(root, 'dist')));
  app.use('/page', page).use('/', page);
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * `backend`: { command, args, unsampled, startSink? }. `unsampled` is the environment in which it samples nothing of its
 * own; `startSink` starts what takes its spans in place of the collector: { env, spans(traceId), stop }.
 */
export async function startWorld(backend, { sampled = true } = {}) {
  const running = [];
  const stop = async () => {
    for (const part of running.toReversed()) await part.stop();
  };
  const start = async (part) => {
    running.push(await part);
    return running.at(-1);
  };
  try {
    const sink = backend.startSink && (await start(backend.startSink()));
    const collector = await start(startCollector({ port: 0, database: ':memory:' }));
    const otherOrigin = await start(servePage());
    const server = await start(
      startService('backend', backend.command, backend.args, {
        cwd: root,
        remedy: 'Run npm run test:interop: it installs and builds what the examples need.',
        env: {
          PORT: '0',
          LISTEN: '127.0.0.1:0',
          ALLOW_ORIGIN: otherOrigin.url,
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
          OTEL_SERVICE_NAME: 'orders',
          OTEL_BSP_SCHEDULE_DELAY: '50',
          ...sink?.env,
          ...(sampled ? {} : backend.unsampled),
        },
      }),
    );
    const traces = new CollectorClient(collector.url);
    const spans = async (traceId) =>
      [...(await traces.spans(traceId)), ...(sink?.spans(traceId) ?? [])].filter(
        ({ name }) => !FILES.includes(name),
      );
    return {
      backendUrl: server.url,
      otherOrigin: otherOrigin.url,
      spans,
      address: (origin, parameters = {}) =>
        `${origin}/?${new URLSearchParams({ collector: collector.url, ...parameters })}`,
      /** The trace's tree once it has as many lines as `expected`; as it is when that takes too long. */
      async tree(traceId, expected, flush) {
        const count = expected.split('\n').length;
        const end = Date.now() + WAIT_MS;
        for (;;) {
          await flush();
          const found = await spans(traceId);
          if (found.length >= count || Date.now() > end) return tree(found);
          await sleep(POLL_MS);
        }
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
