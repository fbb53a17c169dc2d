// OpenTelemetry JS with its JSON serialiser.
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import { offerWith } from './opentelemetry.js';

offerWith(JsonTraceSerializer);
