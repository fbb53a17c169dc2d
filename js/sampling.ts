// The page's own sampler: asked once for each trace that has no decision yet.

import { crate } from './bridge.ts';
import { guard } from './state.ts';
import { DECIDED, decide, type Trace } from './trace.ts';
import type { InitOptions } from './types.d.ts';

/** The kinds that a span may be given, by the crate's numbers. */
export const KINDS = ['', 'internal', '', 'client', 'producer', 'consumer'];

let sampler: InitOptions['tracesSampler'];
/** The page's sampler runs: spans that it starts itself are not its business. */
let asking = false;

export function setSampler(given: InitOptions['tracesSampler']): void {
  sampler = given;
}

/** Lets the page decide on a trace. An answer that is no rate, or an exception, leaves the decision to `sampleRate`. */
export function sampleByPage(
  trace: Trace,
  name: string,
  kind: number,
  attributes: [string, unknown][],
): void {
  if (!sampler || asking || trace._flags & DECIDED) return;
  let answer: unknown;
  asking = true;
  try {
    answer = sampler({
      name,
      kind: KINDS[kind],
      attributes: Object.fromEntries(attributes) as never,
      parentSampled: undefined,
      inheritOrSampleWith: (rate) => rate,
    });
  } catch {
    // No answer.
  }
  asking = false;
  const rate = typeof answer === 'boolean' ? Number(answer) : answer;
  if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1)) return;
  decide(
    trace,
    guard(() => crate.sample(...trace._words, rate), 0),
  );
}
