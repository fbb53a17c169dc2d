// One collector and one example backend on free ports, with databases of their own that go away afterwards.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCollector, startExampleBackend } from '../../../scripts/start/services.mjs';
import { CollectorClient } from './collector-client.mjs';

export async function startWorld({ collectorArgs, backendEnv } = {}) {
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
    const backend = await startExampleBackend({
      port: 0,
      database: join(folder, 'todos.db'),
      collectorUrl: collector.url,
      env: { OTEL_BSP_SCHEDULE_DELAY: '100', ...backendEnv },
    });
    services.push(backend);
    return {
      demoUrl: `${backend.url}/`,
      collectorUrl: collector.url,
      database,
      traces: new CollectorClient(collector.url),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
