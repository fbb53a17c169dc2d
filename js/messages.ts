// Contexts out of messages and into them; and the text of a message on its way into the crate.

import { crate, handOver, parts } from './bridge.ts';
import { carriersOf } from './inject.ts';
import { messageContext, textOf, writeCarriers } from './platform/message.js';
import { active, Span } from './span.ts';
import { guard } from './state.ts';
import type { MessageContext, Span as PublicSpan } from './types.d.ts';

/** The context at a place of the crate's last extraction. */
function contextAt(index: number): MessageContext | null {
  return messageContext(parts(() => crate.contextAt(index, 1))) as MessageContext | null;
}

/** How many contexts a message holds. */
function scan(message: unknown): number {
  // The page's getters run before the crate is looked up: they may end tracing, or start it anew.
  const text = textOf(message);
  return guard(() => crate.scan(handOver(text), 0), 0);
}

export function extractMessageContext(message: unknown): MessageContext | null {
  const count = scan(message);
  return count > 0 ? contextAt(count - 1) : null;
}

export function extractMessageContexts(message: unknown): MessageContext[] {
  const all = Array.from({ length: scan(message) }, (_, index) => contextAt(index));
  return all.filter(Boolean) as MessageContext[];
}

export function injectMessageContext<T extends object>(message: T, span?: PublicSpan): T {
  const given = span ?? active;
  if (given instanceof Span && !scan(message)) {
    const carriers = carriersOf(given);
    if (carriers.length) writeCarriers(message, carriers);
  }
  return message;
}
