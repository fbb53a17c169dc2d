// Traced event sources: every event but open and error is a message, whatever its name.

import type { MessageOptions } from './types.d.ts';
import { hostAndPath, traceTarget } from './websocket.ts';

export function traceEventSource(source: EventSource, options: MessageOptions = {}): EventSource {
  const originOf = () => ({
    _system: 'sse',
    _destination: options.destination ?? hostAndPath(source.url),
  });
  const isMessage = (type: string) => type !== 'open' && type !== 'error';
  return traceTarget(source, options, isMessage, originOf, false);
}
