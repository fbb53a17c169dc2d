// Reads traces back through the collector's own API, and waits until they are complete.
import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_MS = 15_000;
const POLL_MS = 100;

export class CollectorClient {
  constructor(url) {
    this.url = url;
  }

  async get(path) {
    const response = await fetch(new URL(path, this.url));
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return response.json();
  }

  /** The rows of a trace, in tree order; none when the collector does not know it. */
  async spans(traceId) {
    const waterfall = await this.get(`/api/traces/${traceId}/waterfall`);
    return waterfall?.spans ?? [];
  }

  /** Polls until `isComplete(spans)`; a trace that never gets there fails with what was there last. */
  async waitForSpans(traceId, isComplete) {
    const end = Date.now() + WAIT_MS;
    for (;;) {
      const spans = await this.spans(traceId);
      if (isComplete(spans)) return spans;
      if (Date.now() > end) {
        throw new Error(`trace ${traceId} is not complete after ${WAIT_MS} ms:\n${outline(spans)}`);
      }
      await sleep(POLL_MS);
    }
  }

  /** Traces that match the query, newest first, once there is at least one. */
  async waitForSummaries(query) {
    const end = Date.now() + WAIT_MS;
    for (;;) {
      const { traces } = await this.get(`/api/summaries?${new URLSearchParams(query)}`);
      if (traces.length > 0) return traces;
      if (Date.now() > end) throw new Error(`no trace matches ${JSON.stringify(query)}`);
      await sleep(POLL_MS);
    }
  }
}

/** One line a span, indented as in the waterfall; for assertions and for people. */
export function outline(spans) {
  return spans
    .map(({ depth, name, kind, serviceName, orphan }) => {
      const mark = orphan ? ' (orphan)' : '';
      return `${'  '.repeat(depth)}${name} [${kind.toLowerCase()} ${serviceName}]${mark}`;
    })
    .join('\n');
}
