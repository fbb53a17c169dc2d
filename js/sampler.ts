// Asks the page's `tracesSampler`: loaded by pages that have one.

import { type Ask, KINDS } from './sampling.ts';
import type { Trace } from './trace.ts';
import { DECIDED, SAMPLED } from './trace-flags.ts';
import type { InitOptions, SamplingContext } from './types.d.ts';

/** Where this file is: one of tracelink's own. */
export const url = import.meta.url;

/** A number from 0 to 1 of a dynamic sampling context; NaN: it has none. Of several the last counts. */
function numberIn(baggage: string, wanted: string): number {
  let number = Number.NaN;
  for (const member of baggage.split(',')) {
    const [key, value = ''] = member.split(/[=;]/);
    if (key.trim() === wanted) number = Number.parseFloat(value);
  }
  return number >= 0 && number <= 1 ? number : Number.NaN;
}

/** The random number of a trace, as src/core/sampler.rs has it: 44 bits of its id, turned round, in millionths. */
function randOf([, , high, low]: Trace['_words']): number {
  const random = (BigInt(~high & 0xffffff) << 20n) | BigInt(~low >>> 12);
  return Number((random * 1000000n) >> 44n) / 1e6;
}

/** Undefined: decisions are not ours to make. An answer that is no rate, or an exception, leaves it to `sampleRate`. */
export function askBy({ sampleRate, tracesSampler }: InitOptions): Ask | undefined {
  if (sampleRate === null) return undefined;
  /** The page's sampler runs: spans that it starts itself are not its business. */
  let asking = false;
  return (trace, name, kind, attributes) => {
    const { _open, _flags } = trace;
    if (asking || (_flags & DECIDED && !_open)) return;
    trace._open = false;
    const baggage = trace._foreign?._baggage ?? '';
    const parentSampleRate = numberIn(baggage, 'sentry-sample_rate');
    const isSent = !Number.isNaN(parentSampleRate);
    const context: SamplingContext = {
      name,
      kind: KINDS[kind],
      attributes: Object.fromEntries(attributes) as never,
      parentSampled: undefined,
      ...(isSent && { parentSampleRate }),
      inheritOrSampleWith: (rate) => (isSent ? parentSampleRate : rate),
    };
    let answer: unknown;
    asking = true;
    try {
      answer = tracesSampler?.(context);
    } catch {
      // No answer.
    }
    asking = false;
    const rate = typeof answer === 'boolean' ? Number(answer) : answer;
    if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1)) return;
    const sent = numberIn(baggage, 'sentry-sample_rand');
    const rand = sent < 1 ? sent : randOf(trace._words);
    trace._rate = rate;
    trace._flags = (_flags & ~SAMPLED) | DECIDED | (rand < rate ? SAMPLED : 0);
  };
}
