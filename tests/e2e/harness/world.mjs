// One collector, one example backend and, if wanted, the build pipeline on free ports, with databases of their own that go away afterwards.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startBuildPipeline,
  startCollector,
  startExampleBackend,
} from '../../../scripts/start/services.mjs';
import { CollectorClient } from './collector-client.mjs';

/** `pipeline`: present starts the build pipeline, { fault, sdk, env }. */
export async function startWorld({ collectorArgs, backendEnv, pipeline } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'tracelink-e2e-'));
  const database = join(folder, 'traces.db');
  const services = [];
  const stop = async () => {
    for (const service of services.toReversed()) await service.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const collector = await startCollector({ port: 0, database, args: collectorArgs });
    services.push(collector);
    const builds =
      pipeline &&
      (await startBuildPipeline({
        port: 0,
        database: join(folder, 'builds.db'),
        collectorUrl: collector.url,
        fault: pipeline.fault,
        sdk: pipeline.sdk,
        env: { OTEL_BSP_SCHEDULE_DELAY: '100', ...pipeline.env },
      }));
    if (builds) services.push(builds);
    const backend = await startExampleBackend({
      port: 0,
      database: join(folder, 'todos.db'),
      collectorUrl: collector.url,
      buildApiUrl: builds?.url,
      env: { OTEL_BSP_SCHEDULE_DELAY: '100', ...backendEnv },
    });
    services.push(backend);
    return {
      demoUrl: `${backend.url}/`,
      collectorUrl: collector.url,
      buildApiUrl: builds?.url,
      database,
      traces: new CollectorClient(collector.url),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
