// The collector, the example backend and the build pipeline, as npm start and the end-to-end tests run them.
import { join } from 'node:path';
import { collectorBinary } from '../build/collector.mjs';
import { root } from '../lib/paths.mjs';
import { startService } from '../lib/service.mjs';

export function startCollector({ port, database, args = [], remedy }) {
  const listen = ['--listen', `127.0.0.1:${port}`, '--db', database];
  return startService('collector', collectorBinary, [...listen, ...args], { cwd: root, remedy });
}

/** One of the examples: all take their settings by the same variables. */
function startExample(name, file, { port, database, collectorUrl, remedy }, env) {
  return startService(name, process.execPath, [join(root, 'examples', file)], {
    cwd: root,
    remedy,
    env: {
      PORT: String(port),
      HOST: '127.0.0.1',
      DB_FILE: database,
      OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl,
      ...env,
    },
  });
}

export function startExampleBackend({ buildApiUrl = '', env, ...options }) {
  return startExample('example backend', join('todo-backend', 'server.mjs'), options, {
    TRACELINK_ENDPOINT: options.collectorUrl,
    BUILD_API_URL: buildApiUrl,
    ...env,
  });
}

export function startBuildPipeline({ fault = 'none', sdk = 'opentelemetry', env, ...options }) {
  return startExample('build pipeline', join('build-pipeline', 'pipeline.mjs'), options, {
    FAULT: fault,
    SDK: sdk,
    ...env,
  });
}
