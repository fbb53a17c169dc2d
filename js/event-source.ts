// Traced event sources: every event but open and error is a message, whatever its name.

import type { MessageOptions } from './types.d.ts';
import { traceTarget } from './websocket.ts';

export function traceEventSource(source: EventSource, options: MessageOptions = {}): EventSource {
  return traceTarget(source, options, 'sse', /^(?!(open|error)$)/, false);
}
