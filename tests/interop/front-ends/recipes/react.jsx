// React: a socket that lives as long as its component, and a span for the commit that shows a message.
import { startTransition, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { activeSpan, traceUpdate, traceWebSocket } from 'tracelink';

/** Orders by id; each knows the span of the message that brought it. */
export function useOrders(url) {
  const [orders, setOrders] = useState({});
  useEffect(() => {
    // The automatic ui.update looks at the first change on screen. React may show this message's later.
    const socket = traceWebSocket(new WebSocket(url), { update: false });
    socket.onmessage = ({ data }) => {
      const order = { ...JSON.parse(data), message: activeSpan() };
      startTransition(() => setOrders((before) => ({ ...before, [order.id]: order })));
    };
    return () => socket.close();
  }, [url]);
  return orders;
}

/** For the component that shows it: from the commit of what the message changed to the paint. */
export function useUpdateSpan(name, message) {
  const shown = useRef(undefined);
  useLayoutEffect(() => {
    // StrictMode runs the effects of a new component twice.
    if (!message || shown.current === message) return;
    shown.current = message;
    traceUpdate(name, { parent: message }, () => {});
  }, [name, message]);
}
