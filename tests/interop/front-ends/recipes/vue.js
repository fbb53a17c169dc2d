// Vue: a socket that lives as long as its component, and a span for the patch that shows a message.

import { activeSpan, traceUpdate, traceWebSocket } from 'tracelink';
import { onScopeDispose, shallowRef, watchPostEffect } from 'vue';

/** Orders by id; each knows the span of the message that brought it. Spans stay as they are in a shallow ref. */
export function useOrders(url) {
  const orders = shallowRef({});
  // The automatic ui.update looks at the first change on screen, whoever made it.
  const socket = traceWebSocket(new WebSocket(url), { update: false });
  socket.onmessage = ({ data }) => {
    const order = { ...JSON.parse(data), message: activeSpan() };
    orders.value = { ...orders.value, [order.id]: order };
  };
  onScopeDispose(() => socket.close());
  return orders;
}

/** For the component that shows it: from the patch of what the message changed to the paint. */
export function useUpdateSpan(name, message) {
  watchPostEffect(() => {
    const parent = message();
    if (parent) traceUpdate(name, { parent }, () => {});
  });
}
