// Whatever names a parent, and links to it.

import { crate, FINISH, ITEM, put, setAttributes } from './bridge.ts';
import { Span } from './span.ts';
import { type Place, placeFromCarriers, readCarriers } from './trace.ts';
import { REMOTE } from './trace-flags.ts';

/** Adds a link; the caller guards. */
export function link(handle: number, place: Place, attributes: [string, unknown][]): void {
  const { _shared: trace } = place;
  const state = put(trace._foreign?._tracestate ?? '', 0);
  const flags = trace._flags | (place._remote ? REMOTE : 0);
  crate.beginLink(...trace._words, place._s, place._u, flags, state);
  setAttributes(ITEM, attributes);
  crate.set(handle, 0, FINISH, 0);
}

/** Whether this is a span of ours; a proxy that does not want to be asked is not. */
export function isOurs(value: unknown): value is Span {
  try {
    return value instanceof Span;
  } catch {
    return false;
  }
}

/** Reads what names a parent at once; gives the place when the crate is there to judge it. */
export function parentReader(parent: unknown): () => Place | undefined {
  if (isOurs(parent)) {
    // Words of zero: a span of the off state, which is nobody's parent.
    return () => (parent._s || parent._u ? parent : undefined);
  }
  if (parent === null || typeof parent !== 'object') return () => undefined;
  const carriers = readCarriers(parent);
  return () => placeFromCarriers(carriers);
}
