// A socket whose messages are traced: the span is active in every listener, and what a listener starts is below it.
import { tracedFetch, traceWebSocket } from 'tracelink';

export function openOrders(url, show) {
  const socket = traceWebSocket(new WebSocket(url), { destination: 'orders' });
  socket.addEventListener('message', async ({ data }) => {
    const { id } = JSON.parse(data);
    // Before the first await: behind it, use the span that activeSpan() gave here.
    const response = await tracedFetch(`/orders/${id}`);
    show(await response.json());
  });
  return socket;
}
