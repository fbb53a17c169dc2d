// Traced event sources: every event but open and error is a message, whatever its name.

import type { MessageOptions } from './types.d.ts';
import { traceTarget } from './websocket.ts';

export function traceEventSource(source: EventSource, options: MessageOptions = {}): EventSource {
  const isMessage = (type: unknown) => typeof type === 'string' && !/^(open|error)$/.test(type);
  return traceTarget(source, options, 'sse', isMessage);
}
