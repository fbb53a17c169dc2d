// One round of messages: each is parsed and handled, without tracing or with it.

import { BATCH, BATCHES, handle, texts } from './workload.js';

/** A ui.update is made at most this long after its message. */
const LAST_WORK_MS = 400;

/**
 * Offers `round(variant)` and `drain()` to the runner. The variants handle one text each; `bytes` makes the body of the
 * requests for the spans of a batch and is part of what tracing adds.
 */
export function offer(variants, bytes) {
  const all = { plain: (text) => handle(JSON.parse(text)), ...variants };
  globalThis.round = async (variant) => {
    const work = all[variant];
    let wall = 0;
    for (let batch = 0; batch < BATCHES; batch++) {
      const start = performance.now();
      for (let index = 0; index < BATCH; index++) work(texts[index & 255]);
      const sent = variant === 'plain' || bytes();
      wall += performance.now() - start;
      await sent;
    }
    if (variant === 'updated') await new Promise((resolve) => setTimeout(resolve, LAST_WORK_MS));
    return { calls: BATCH * BATCHES, wall: wall * 1000 };
  };
  globalThis.drain = bytes;
}
