// Follows a server's broadcast. tracedWebSocket makes each message a span of the trace it carries.
import { tracedWebSocket } from 'tracelink';

const RETRY_MS = 1000;

/** An update of the broadcast; `_sentry` and `traceparent` on it are read by tracelink. */
export interface Update<Data> {
  type: string;
  timestamp: number;
  data: Data;
}

export interface UpdateListener<Data> {
  onUpdates(updates: Update<Data>[]): void;
  onState(state: 'open' | 'closed'): void;
}

/** `base`: the server's http address. */
export function followUpdates<Data>(base: string, listener: UpdateListener<Data>) {
  const socket = new tracedWebSocket(new URL('/ws', base.replace(/^http/, 'ws')).href);
  socket.addEventListener('open', () => listener.onState('open'));
  socket.addEventListener('message', (event) => {
    listener.onUpdates(JSON.parse(event.data).updates);
  });
  socket.addEventListener('close', () => {
    listener.onState('closed');
    setTimeout(() => followUpdates(base, listener), RETRY_MS);
  });
}
