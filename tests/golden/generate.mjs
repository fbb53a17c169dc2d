// Writes request.pb and request.json, the same spans as OpenTelemetry JS encodes them: an encoder that is not ours.
// Run by hand, `node tests/golden/generate.mjs`, when the cases change; the results are committed.

import { writeFileSync } from 'node:fs';
import { createTraceState, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const resource = resourceFromAttributes({ 'service.name': 'golden', 'process.pid': 4242 });
const instrumentationScope = { name: 'scope-a', version: '1.2.3' };

const span = (spanId, changes) => ({
  name: 'span',
  kind: SpanKind.INTERNAL,
  spanContext: () => ({
    traceId: TRACE,
    spanId,
    traceFlags: TraceFlags.SAMPLED,
    ...changes.context,
  }),
  startTime: [1_700_000_000, 1],
  endTime: [1_700_000_001, 999_999_999],
  duration: [1, 999_999_998],
  status: { code: SpanStatusCode.UNSET },
  attributes: {},
  links: [],
  events: [],
  ended: true,
  resource,
  instrumentationScope,
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
  ...changes,
});

const spans = [
  span('00f067aa0ba902b7', {
    name: 'GET /things "quoted" \\ \u0001 \n \u2028 \u00fc \u{1f600}',
    kind: SpanKind.CLIENT,
    context: { traceState: createTraceState('vendor=value,other=1') },
    parentSpanContext: {
      traceId: TRACE,
      spanId: 'b7ad6b7169203331',
      traceFlags: 1,
      isRemote: true,
    },
    status: { code: SpanStatusCode.ERROR, message: 'it broke' },
    attributes: {
      text: 'value',
      empty: '',
      yes: true,
      no: false,
      zero: 0,
      int: 42,
      negative: -7,
      largest: Number.MAX_SAFE_INTEGER,
      smallest: Number.MIN_SAFE_INTEGER,
      double: 0.1,
      tiny: 5e-324,
      fine: -1234.5678e-9,
      texts: ['a', '', '\u{1f600}'],
      numbers: [1, 2.5, -3],
      booleans: [true, false],
      none: [],
    },
    events: [
      {
        name: 'exception',
        time: [1_700_000_000, 500],
        attributes: { 'exception.message': 'no' },
        droppedAttributesCount: 2,
      },
      { name: '', time: [0, 0] },
    ],
    links: [
      {
        context: {
          traceId: 'ffffffffffffffffffffffffffffffff',
          spanId: 'ffffffffffffffff',
          traceFlags: 1,
          isRemote: true,
          traceState: createTraceState('k=v'),
        },
        attributes: { why: 'batch', at: 3 },
        droppedAttributesCount: 1,
      },
      { context: { traceId: TRACE, spanId: '0000000000000001', traceFlags: 0 } },
    ],
    droppedAttributesCount: 300,
    droppedEventsCount: 2,
    droppedLinksCount: 1,
  }),
  span('00f067aa0ba902b8', { name: '', status: { code: SpanStatusCode.OK } }),
  span('00f067aa0ba902b9', {
    kind: SpanKind.CONSUMER,
    instrumentationScope: { name: 'scope-b', schemaUrl: 'https://opentelemetry.io/schemas/1.41.0' },
  }),
  span('00f067aa0ba902ba', { resource: resourceFromAttributes({ 'service.name': 'second' }) }),
];

writeFileSync(
  new URL('request.pb', import.meta.url),
  ProtobufTraceSerializer.serializeRequest(spans),
);
writeFileSync(
  new URL('request.json', import.meta.url),
  JsonTraceSerializer.serializeRequest(spans),
);
