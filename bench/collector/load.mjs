// Sends batches on a few connections, as fast as they are acknowledged or at a steady pace.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { SPANS } from './traces.mjs';

const CONNECTIONS = 8;

export function sender(url, make) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const { hostname, port } = new URL(url);
  let next = 0;

  function post(body) {
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
    const options = { agent, hostname, port, path: '/v1/traces', method: 'POST', headers };
    return new Promise((resolve, reject) => {
      const sent = request(options, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  async function send() {
    const body = make(next++, Date.now());
    for (;;) {
      const status = await post(body);
      if (status === 200) return;
      if (status !== 503 && status !== 429) throw new Error(`a batch was answered with ${status}`);
      await sleep(100);
    }
  }

  return {
    /** Batches so far. */
    sent: () => next,
    /** Sends spans; resolves with how many a second were acknowledged. */
    async fill(spans) {
      const until = next + Math.ceil(spans / SPANS);
      const begin = performance.now();
      const one = async () => {
        while (next < until) await send();
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, one));
      return (Math.ceil(spans / SPANS) * SPANS) / ((performance.now() - begin) / 1000);
    },
    /** Sends at a pace until `stop()`, which resolves with how many spans a second came through. */
    keepOn(spansPerSecond) {
      const every = (SPANS / spansPerSecond) * 1000;
      const begin = performance.now();
      const first = next;
      let stopped = false;
      const work = (async () => {
        while (!stopped) {
          const due = begin + (next - first) * every;
          await sleep(Math.max(0, due - performance.now()));
          await send();
        }
      })();
      return async () => {
        stopped = true;
        await work;
        return ((next - first) * SPANS) / ((performance.now() - begin) / 1000);
      };
    },
    close: () => agent.destroy(),
  };
}
