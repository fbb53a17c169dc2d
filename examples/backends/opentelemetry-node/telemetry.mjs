// Tracing for server.mjs, which imports it before Express: spans of requests, export by OTLP/HTTP.
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

const resource = resourceFromAttributes({ 'service.name': 'orders' });
const spanProcessors = [new BatchSpanProcessor(new OTLPTraceExporter())];
const propagator = new W3CTraceContextPropagator(); // no baggage: messages go to every user
new NodeTracerProvider({ resource, spanProcessors }).register({ propagator });
registerInstrumentations({ instrumentations: [new HttpInstrumentation()] });
