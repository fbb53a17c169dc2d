// One round of spans: made, ended, and brought into the body of a request, over and over.

import { SAMPLES, SPANS } from './workload.js';

/** A span that is not recorded costs so little that a round needs many of them. */
const UNSENT_SPANS = 300_000;

/**
 * Offers `round(variant)` to the runner. A contender gives, for each variant, what makes the span `index` below the
 * parent that `begin()` returns; and `bytes()`, which makes the body of all their requests and tells its size. The
 * variants `unsent` come to no body.
 */
export function offer({ variants, begin, bytes, unsent = {} }) {
  const unsentRound = (make) => {
    const start = performance.now();
    for (let index = 0; index < UNSENT_SPANS; index++) make(index);
    return { calls: UNSENT_SPANS, wall: (performance.now() - start) * 1000 };
  };
  globalThis.round = async (variant) => {
    if (unsent[variant]) return unsentRound(unsent[variant]());
    let wall = 0;
    let size = 0;
    for (let sample = 0; sample < SAMPLES; sample++) {
      const start = performance.now();
      const make = variants[variant](begin());
      for (let index = 0; index < SPANS; index++) make(index);
      const sent = bytes();
      wall += performance.now() - start;
      size = await sent;
      if (!(size > SPANS * 100)) throw new Error(`${size} bytes for ${SPANS} spans`);
    }
    return { calls: SPANS * SAMPLES, wall: wall * 1000, bytes: size / SPANS };
  };
}
