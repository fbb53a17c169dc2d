// The page of the long run: shows what messages say, and asks its server for something many times a second.
import { flush, init, stats, tracedFetch, tracedWebSocket, tracePageLoad } from '/dist/index.js';

const parameters = new URL(location.href).searchParams;
const fetches = Number(parameters.get('fetches'));
const shown = document.querySelector('output');

/** Milliseconds since the last reading: from a message's sending to the end of its handler, and of a request. */
let latencies = { message: [], fetch: [] };

await init({ serviceName: 'soak', endpoint: parameters.get('endpoint') });
tracePageLoad();

const socket = new tracedWebSocket(`ws://${location.host}/prices`);
socket.addEventListener('message', ({ data }) => {
  const { sentAt, data: content } = JSON.parse(data);
  shown.textContent = `${content.number}: ${content.price}`;
  latencies.message.push(Date.now() - sentAt);
});

let asked = 0;
const asking = setInterval(async () => {
  const start = performance.now();
  const response = await tracedFetch(`/api/stock?item=${asked++ % 50}`);
  await response.json();
  latencies.fetch.push(performance.now() - start);
}, 1000 / fetches);

/** What was measured since the last time. */
globalThis.reading = () => {
  const read = { ...latencies, stats: stats() };
  latencies = { message: [], fetch: [] };
  return read;
};

/** Ends the work; resolves with the counts once all that can be sent is sent. */
globalThis.finish = async () => {
  clearInterval(asking);
  socket.close();
  // The last changes on screen and the last entries of requests are still to come.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  while ((await flush()).pending > 0);
  return stats();
};
