// Contexts out of messages and into them; and the text of a message on its way into the crate.

import { crate, parts, room } from './bridge.ts';
import { carriersOf } from './inject.ts';
import { copyText, messageContext, textOf, writeCarriers } from './platform/message.js';
import { active, Span } from './span.ts';
import { guard, ON, state } from './state.ts';
import type { MessageContext, Span as PublicSpan } from './types.d.ts';

/** The context at a place of the crate's last extraction. */
function contextAt(index: number): MessageContext {
  return messageContext(parts(() => crate.contextAt(index, 1))) as MessageContext;
}

/** How many contexts a message holds. */
function scan(message: unknown): number {
  return guard(() => crate.scan(handOver(textOf(message)), 0), 0);
}

export function extractMessageContext(message: unknown): MessageContext | null {
  const count = scan(message);
  return count > 0 ? contextAt(count - 1) : null;
}

export function extractMessageContexts(message: unknown): MessageContext[] {
  return Array.from({ length: scan(message) }, (_, index) => contextAt(index));
}

export function injectMessageContext<T extends object>(message: T, span?: PublicSpan): T {
  const given = span ?? active;
  if (given instanceof Span && !scan(message)) {
    const carriers = carriersOf(given);
    if (carriers.length) writeCarriers(message, carriers);
  }
  return message;
}

/** Puts text where the crate scans it; returns its bytes. The caller guards. */
export function handOver(text: string | Uint8Array | undefined): number {
  let length = copyText(text, room());
  // A getter of the page may have ended tracing: then there is no room.
  while (length < 0 && state === ON) {
    const bytes = -length;
    const at = crate.inbox(bytes);
    length = copyText(text, new Uint8Array(crate.memory.buffer, at, bytes));
  }
  return length;
}
