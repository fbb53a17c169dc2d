// Hands validated options to a fresh crate, by the numbers of src/tracer/config.rs.

import { crate, DEFAULTS, put, RESOURCE, readAttributes } from './bridge.ts';
import { rejectedIn } from './buffer.ts';
import type { More } from './further-options.ts';
import { member } from './member.ts';
import { setEndpoint } from './platform/transport.js';
import type { Setting } from './rules.ts';
import { setRandomFlag } from './trace.ts';
import type { InitOptions } from './types.d.ts';
import { VERSION } from './version.ts';

const SAMPLE_RATE = 0;
const FLUSH_INTERVAL = 2;
export const RETAIN = 4;
const EXPORT = 13;
const WORKER_FLUSH_MS = 200;
const MEMBER = 1;

/** Texts and numbers are numbered apart; undefined stays at the default. */
function set([setting, value]: Setting): void {
  if (Array.isArray(value)) for (const item of value) set([setting, item]);
  else if (typeof value === 'string') crate.setTextOption(setting, put(value, 0));
  else if (value !== undefined) crate.setNumberOption(setting, Number(value));
}

/** `settings` take an option as it is. Throws what the crate throws; the caller guards. */
export function configure(
  options: InitOptions,
  settings: Setting[],
  url: string | undefined,
  more: More | undefined,
): void {
  const { sentry, sampleRate, environment, serviceVersion } = options;
  const usualRate = environment === 'production' ? 0.1 : 1;
  const derived: Setting[] = [
    [SAMPLE_RATE, sampleRate === null ? Number.NaN : (sampleRate ?? usualRate)],
    [
      MEMBER,
      [
        member('release', sentry?.release ?? serviceVersion),
        member('environment', sentry?.environment ?? environment),
      ],
    ],
  ];
  // A worker hears nothing of its end.
  if (!self.document) set([FLUSH_INTERVAL, WORKER_FLUSH_MS]);
  for (const setting of [...settings, ...derived]) set(setting);
  readAttributes({ 'user_agent.original': navigator.userAgent }, RESOURCE);
  readAttributes(options.resource, RESOURCE);
  readAttributes(
    {
      'service.name': options.serviceName,
      'service.version': serviceVersion,
      'deployment.environment.name': environment,
      'telemetry.sdk.name': 'tracelink',
      'telemetry.sdk.language': 'webjs',
      'telemetry.sdk.version': VERSION,
    },
    RESOURCE,
  );
  readAttributes(more?._defaults, DEFAULTS);
  setRandomFlag(options.randomFlag);
  if (url === undefined) return;
  set([EXPORT, 1]);
  setEndpoint(url, { ...more?._manner, rejectedIn });
}
