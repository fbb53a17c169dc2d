// The React page: a list of orders under StrictMode, some of which take React long to show.
import { StrictMode, Suspense, use, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { flush, init, stats } from 'tracelink';
import { useOrders, useUpdateSpan } from '../recipes/react.jsx';

const settings = new URLSearchParams(location.search);

/** What some rows wait for, with the old list on screen meanwhile. */
let release;
const gate = new Promise((resolve) => {
  release = resolve;
});

/** Longer than React works before it lets the browser draw. */
const SLICE_MS = 8;

function Slice() {
  window.rendering = true;
  const end = performance.now() + SLICE_MS;
  while (performance.now() < end);
  return null;
}

function Row({ order }) {
  if (order.waits) use(gate);
  useUpdateSpan('ui.update order', order.message);
  return (
    <li id={order.id}>
      {order.state}
      {Array.from({ length: order.slices ?? 0 }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <Slice key={at} />
      ))}
    </li>
  );
}

function Orders() {
  const orders = useOrders(`ws://${location.host}/updates`);
  return (
    <ul>
      {Object.values(orders).map((order) => (
        <Row key={order.id} order={order} />
      ))}
    </ul>
  );
}

function App() {
  const [open, setOpen] = useState(true);
  const [clock, setClock] = useState('');
  Object.assign(window, { setOpen, setClock });
  return (
    <Suspense fallback={<p>waiting</p>}>
      <time>{clock}</time>
      {open && <Orders />}
    </Suspense>
  );
}

const { ok } = await init({ serviceName: 'react', endpoint: settings.get('collector') });
createRoot(document.getElementById('root')).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
Object.assign(window, { flush, stats, release, started: ok });
