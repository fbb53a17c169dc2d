// The page's own sampler, where it has one: asked once for each trace that has no decision yet.

import type { Trace } from './trace.ts';

/** The kinds that a span may be given, by the crate's numbers. */
export const KINDS = ' internal  client producer consumer'.split(' ');

/** Lets the page decide on a trace that has no decision. */
export type Ask = (
  trace: Trace,
  name: string,
  kind: number,
  attributes: [string, unknown][],
) => void;

export let askPage: Ask | undefined;

export function setSampler(given: Ask | undefined): void {
  askPage = given;
}

/**
 * Notes what a trace is called that begins here with the span of which half the id is `first`, and lets the page decide on it.
 */
export function sampleByPage(
  trace: Trace,
  name: string,
  kind: number,
  attributes: [string, unknown][],
  first?: number,
): void {
  trace._name ||= name;
  trace._first ||= first;
  askPage?.(trace, name, kind, attributes);
}
