// Notices, for debug pages, a request that starts outside of the function that it belongs to: after an await, most often.

import type { InitOutput } from '../pkg/tracelink.js';
import { readEvent } from './otlp.ts';
import { attributes } from './records.ts';
import type { Span } from './span.ts';

interface Watcher {
  /** A span has begun; `alone`: a request without a parent. */
  _started(span: Span, name: string, alone: boolean): void;
}

const encoder = new TextEncoder();
/** Of what js/bridge.ts numbers: an event, a string; and of src/tracer/inspect.rs: attributes. */
const [ITEM, EVENT, STRING, ATTRIBUTES] = [-1, 9, 0, 2];

/** A text as it would be sent: the value of an attribute of an event that is never finished. */
function shown(text: string, crate: InitOutput): unknown {
  const room = new Uint8Array(crate.memory.buffer, crate.scratch(), 8192);
  room[0] = 'k'.charCodeAt(0);
  const { written } = encoder.encodeInto(text, room.subarray(1));
  crate.set(ITEM, 0, EVENT, 0);
  crate.set(ITEM, -1, STRING, written);
  const length = crate.retained(ATTRIBUTES);
  const bytes = new Uint8Array(crate.memory.buffer, crate.outputAddress(), length);
  return attributes(readEvent(bytes)).k;
}

/** Says so once. */
export function watchContext(by: InitOutput): Watcher {
  const names = new WeakMap<Span, string>();
  const pending = new Set<Span>();
  let said = false;
  return {
    _started(span, name, alone) {
      if (said) return;
      names.set(span, name);
      const run = span._run;
      span._run = (fn) => {
        const result = run.call(span, fn) as ReturnType<typeof fn>;
        if (result instanceof Promise) pending.add(span);
        return result;
      };
      if (!alone) return;
      for (const outer of pending) if (outer._over) pending.delete(outer);
      const outer = [...pending].pop();
      if (!outer) return;
      said = true;
      try {
        const [inner, around] = [name, names.get(outer) ?? ''].map((text) => shown(text, by));
        console.warn(`tracelink: '${inner}' started outside '${around}'; use span.fetch`);
      } catch {
        // A page that breaks its console must not hear of it.
      }
    },
  };
}
