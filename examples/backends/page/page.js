// Orders by request, cancels by message, and shows what the backend tells every page. The address may name
// ?backend= (another origin), ?updates=events|one-way, ?collector= and ?sampleRate=.
import {
  init,
  injectMessageContext,
  tracedFetch,
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

const wanted = query.get('updates');
const updates =
  wanted === 'events'
    ? traceEventSource(new EventSource(`${backend}/events`))
    : new tracedWebSocket(`${backend.replace(/^http/, 'ws')}/updates`);
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

function show({ type, item }) {
  if (type === 'order.placed') {
    const order = document.createElement('li');
    order.textContent = item;
    find('orders').append(order);
    find('cancel').disabled = wanted === 'events' || wanted === 'one-way';
  } else if (type === 'order.cancelled') {
    for (const order of find('orders').children)
      if (order.textContent === item) order.className = 'cancelled';
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
    const response = await tracedFetch(`${backend}/api/orders`, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`the order was answered with ${response.status}`);
  });
});

find('cancel').addEventListener('click', () => {
  withSpan('click cancel', (span) => {
    showTrace(span);
    const item = find('orders').lastElementChild.textContent;
    updates.send(JSON.stringify(injectMessageContext({ type: 'cancel', item })));
  });
});
