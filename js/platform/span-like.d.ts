// What the browser functions need of a span: the shell's, or that of whoever uses the crate without it.

import type { AttributeValue } from '../types.d.ts';

export interface SpanLike {
  /** The crate's handle. */
  _handle: number;
  setAttribute(key: string, value: AttributeValue): unknown;
  setStatus(code: 'error'): unknown;
  addEvent(name: string, attributes: undefined, time: number): unknown;
  child(
    name: string,
    options: { startTime: number; attributes: Record<string, AttributeValue> },
  ): SpanLike;
  /** Ends it, whatever `end` does. */
  _end(time: number): void;
}
