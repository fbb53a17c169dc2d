// Tabs of one site: who sends adds its context to the message, who receives continues it.
import { injectMessageContext, traceMessage, withSpan } from 'tracelink';

export function openCart(show) {
  const channel = new BroadcastChannel('cart');
  channel.onmessage = (event) =>
    traceMessage(event, () => show(event.data.items), { destination: 'cart' });
  return {
    publish: (items) =>
      withSpan('publish cart', { kind: 'producer' }, () =>
        channel.postMessage(injectMessageContext({ items })),
      ),
    close: () => channel.close(),
  };
}
