// Contexts out of messages and into them; and the text of a message on its way into the crate.

import {
  extractMessageContexts as all,
  extractMessageContext as latest,
} from '../pkg/tracelink.js';
import { crate, room } from './bridge.ts';
import { carriersOf } from './inject.ts';
import { copyText, writeCarriers } from './platform/message.js';
import { activeSpan, Span } from './span.ts';
import { guard, ON, state } from './state.ts';
import type { MessageContext, Span as PublicSpan } from './types.d.ts';

export function extractMessageContext(message: unknown): MessageContext | null {
  return state === ON ? guard(() => latest(message), null) : null;
}

export function extractMessageContexts(message: unknown): MessageContext[] {
  return state === ON ? guard(() => all(message), []) : [];
}

export function injectMessageContext<T extends object>(message: T, span?: PublicSpan): T {
  const given = span ?? activeSpan();
  if (given instanceof Span && !extractMessageContext(message)) {
    const carriers = carriersOf(given);
    if (carriers.length) writeCarriers(message, carriers);
  }
  return message;
}

/** Puts text where the crate scans it; returns its bytes. The caller guards. */
export function handOver(text: string | Uint8Array | undefined): number {
  let length = copyText(text, room());
  while (length < 0) {
    const bytes = -length;
    const at = crate.inbox(bytes);
    length = copyText(text, new Uint8Array(crate.memory.buffer, at, bytes));
  }
  return length;
}
