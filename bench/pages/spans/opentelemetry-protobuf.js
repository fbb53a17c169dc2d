// OpenTelemetry JS with its protobuf serialiser.
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { offerWith } from './opentelemetry.js';

offerWith(ProtobufTraceSerializer);
