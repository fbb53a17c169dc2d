// Starts tracelink with its defaults against the bench's own server, uncompressed as the other contenders are.

import { flush, init } from 'tracelink';

export async function start() {
  const result = await init({
    serviceName: 'bench',
    endpoint: location.origin,
    compression: 'none',
    // No timer in the middle of a measurement: what waits is sent where the bench asks for it.
    flushIntervalMs: 600_000,
    wasm: { bytes: await (await fetch('/tracelink.wasm')).arrayBuffer() },
  });
  if (!result.ok) throw new Error(`init: ${result.reason} ${result.error}`);
}

let size = 0;
let requests = 0;

/** Takes the network away: what would be sent is answered at once. */
export function swallow() {
  globalThis.fetch = async (_url, { body }) => {
    requests++;
    size = body.length;
    return new Response();
  };
}

/** Flushes the `spans` that have ended, which must go out in one request; its size. */
export async function bytesOf(spans) {
  requests = 0;
  const { delivered, dropped } = await flush();
  if (delivered < spans || dropped || requests !== 1)
    throw new Error(`${delivered} of ${spans} spans in ${requests} requests, ${dropped} dropped`);
  return size;
}
