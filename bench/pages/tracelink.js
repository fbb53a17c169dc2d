// Starts tracelink with its defaults against the bench's own server, uncompressed as the other contenders are.

import { flush, init } from 'tracelink';
import { swallowed } from './network.js';

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

/** Flushes the `spans` that have ended, which must go out in one request; its size. */
export async function bytesOf(spans) {
  const { delivered, dropped } = await flush();
  const { bytes, requests } = swallowed();
  if (delivered < spans || dropped || requests !== 1)
    throw new Error(`${delivered} of ${spans} spans in ${requests} requests, ${dropped} dropped`);
  return bytes;
}
