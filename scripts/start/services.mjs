// The collector, the example backend and the build pipeline, as npm start and the end-to-end tests run them.
import { join } from 'node:path';
import { collectorBinary } from '../build/collector.mjs';
import { root } from '../lib/paths.mjs';
import { startService } from '../lib/service.mjs';

export function startCollector({ port, database, args = [], remedy }) {
  const listen = ['--listen', `127.0.0.1:${port}`, '--db', database];
  return startService('collector', collectorBinary, [...listen, ...args], { cwd: root, remedy });
}

export function startExampleBackend({ port, database, collectorUrl, buildApiUrl, env, remedy }) {
  const script = join(root, 'examples', 'todo-backend', 'server.mjs');
  return startService('example backend', process.execPath, [script], {
    cwd: root,
    remedy,
    env: {
      PORT: String(port),
      HOST: '127.0.0.1',
      DB_FILE: database,
      OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl,
      TRACELINK_ENDPOINT: collectorUrl,
      BUILD_API_URL: buildApiUrl ?? '',
      ...env,
    },
  });
}

export function startBuildPipeline({ port, database, collectorUrl, fault, env, remedy }) {
  const script = join(root, 'examples', 'build-pipeline', 'pipeline.mjs');
  return startService('build pipeline', process.execPath, [script], {
    cwd: root,
    remedy,
    env: {
      PORT: String(port),
      HOST: '127.0.0.1',
      DB_FILE: database,
      OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl,
      FAULT: fault ?? 'none',
      ...env,
    },
  });
}
