// Follows the server's broadcast. tracedWebSocket makes each message a span of the trace it carries.
import { tracedWebSocket } from 'tracelink';
import type { Update } from './todo.ts';

const RETRY_MS = 1000;

export interface UpdateListener {
  onUpdates(updates: Update[]): void;
  onState(state: 'open' | 'closed'): void;
}

export function followUpdates(listener: UpdateListener) {
  const url = new URL('/ws', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new tracedWebSocket(url.href);
  socket.addEventListener('open', () => listener.onState('open'));
  socket.addEventListener('message', (event) => {
    listener.onUpdates(JSON.parse(event.data).updates);
  });
  socket.addEventListener('close', () => {
    listener.onState('closed');
    setTimeout(() => followUpdates(listener), RETRY_MS);
  });
}
