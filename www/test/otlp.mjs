// Sends spans to the collector as any OTLP/HTTP JSON sender would.

const START = BigInt(Date.now()) * 1_000_000n;
const MS = 1_000_000n;

/** @typedef {{ id: string, parent?: string, name: string, at?: number, ms?: number, error?: string, attributes?: Record<string, string | boolean>, events?: [name: string, afterMs: number][], links?: { traceId: string, spanId: string }[], traceId?: string }} Sent */

/**
 * @param {string} collector
 * @param {string} service
 * @param {string} traceId
 * @param {Sent[]} spans `id` and `parent` are up to 16 hexadecimal digits, padded here; `traceId` is of another trace
 */
export async function send(collector, service, traceId, spans) {
  const body = {
    resourceSpans: [
      {
        resource: { attributes: attributeList({ 'service.name': service }) },
        scopeSpans: [{ spans: spans.map((span) => otlpSpan(span.traceId ?? traceId, span)) }],
      },
    ],
  };
  const response = await fetch(new URL('/v1/traces', collector), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the collector answered ${response.status}`);
}

/**
 * @param {string} traceId
 * @param {Sent} span
 */
function otlpSpan(
  traceId,
  { id, parent, name, at = 0, ms = 1, error, attributes = {}, events = [], links = [] },
) {
  const start = START + BigInt(at) * MS;
  return {
    traceId,
    spanId: id.padStart(16, '0'),
    ...(parent && { parentSpanId: parent.padStart(16, '0') }),
    name,
    kind: 1,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + BigInt(ms) * MS),
    attributes: attributeList(attributes),
    events: events.map(([event, after]) => ({
      name: event,
      timeUnixNano: String(start + BigInt(after) * MS),
    })),
    links,
    status: error === undefined ? {} : { code: 2, message: error },
  };
}

/** @param {Record<string, string | boolean>} attributes */
function attributeList(attributes) {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'boolean' ? { boolValue: value } : { stringValue: value },
  }));
}
