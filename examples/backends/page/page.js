// Orders and cancels by request and by message, and shows what the backend says to every page.
import {
  init,
  injectMessageContext,
  tracedWebSocket,
  traceEventSource,
  tracePageLoad,
  withSpan,
} from '/dist/index.js';

const query = new URLSearchParams(location.search);
const backend = query.get('backend') ?? location.origin;
const collector = query.get('collector') ?? 'http://localhost:4318';

export const started = init({
  serviceName: 'orders-page',
  endpoint: collector,
  sampleRate: Number(query.get('sampleRate') ?? 1),
  tracePropagationTargets: [`${backend}/api/`],
});
export const pageLoad = tracePageLoad('orders');

const find = (id) => document.getElementById(id);
const connection = find('connection');

/** The socket, or undefined: server-sent events go one way. */
const socket =
  query.get('updates') === 'events' ? undefined : new tracedWebSocket(`${backend}/updates`);
const updates = socket ?? traceEventSource(new EventSource(`${backend}/events`));
updates.addEventListener('open', () => {
  connection.textContent = 'live';
});
updates.addEventListener('error', () => {
  connection.textContent = 'lost';
});
updates.addEventListener('message', ({ data }) => {
  find('message').textContent = data;
  show(JSON.parse(data));
});

function show({ type, order, id }) {
  if (type === 'order.placed') {
    const item = document.createElement('li');
    item.id = `order-${order.id}`;
    item.textContent = order.item;
    find('orders').append(item);
    find('cancel').disabled = socket === undefined;
  } else if (type === 'order.cancelled') {
    find(`order-${id}`)?.classList.add('cancelled');
  }
}

function showTrace({ traceId }) {
  const link = find('trace');
  link.textContent = traceId;
  link.href = `${collector}/#/trace/${traceId}`;
}

find('form').addEventListener('submit', (event) => {
  event.preventDefault();
  withSpan('click order', async (span) => {
    showTrace(span);
    const body = JSON.stringify({ item: find('item').value });
    const headers = { 'content-type': 'application/json' };
    const response = await span.fetch(`${backend}/api/orders`, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`the order was answered with ${response.status}`);
  });
});

find('cancel').addEventListener('click', () => {
  withSpan('click cancel', (span) => {
    showTrace(span);
    const id = find('orders').lastElementChild.id.slice('order-'.length);
    socket.send(JSON.stringify(injectMessageContext({ type: 'cancel', id })));
  });
});
