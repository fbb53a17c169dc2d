// OpenTelemetry's fetch instrumentation with its defaults. Nothing is serialised.

import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch';
import { forgetting, start } from '../opentelemetry.js';
import { offer } from './round.js';

const native = globalThis.fetch;
start(forgetting);
registerInstrumentations({ instrumentations: [new FetchInstrumentation()] });
if (globalThis.fetch === native) throw new Error('fetch is not instrumented');
offer(
  (url) => native(url),
  (url) => fetch(url),
  () => {},
);
