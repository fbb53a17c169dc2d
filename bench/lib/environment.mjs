// Where the numbers come from: versions, processor, browser.
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

const PACKAGES = [
  '@opentelemetry/sdk-trace-web',
  '@opentelemetry/otlp-transformer',
  '@opentelemetry/instrumentation-fetch',
  '@sentry/browser',
];

const manifest = (path) =>
  JSON.parse(readFileSync(new URL(`../../${path}package.json`, import.meta.url)));

/** Versions of the contenders, the processor, and how busy it was before the run. */
export function environment() {
  const processors = cpus();
  return {
    versions: {
      tracelink: manifest('').version,
      ...Object.fromEntries(
        PACKAGES.map((name) => [name, manifest(`node_modules/${name}/`).version]),
      ),
    },
    cpu: `${processors[0].model}, ${processors.length} cores`,
    load: loadavg()[0],
  };
}
