// The shop's script: page load and API calls are traced into a buffer in the page and onto the console.
import { bufferedSpans, init, traceApiCall, tracedFetch, tracePageLoad } from 'tracelink';

init({ serviceName: 'ticket-shop', endpoint: null, debug: 'console' });
tracePageLoad('home');

const show = (id, text) => document.getElementById(id).replaceChildren(text);
const showLeft = ({ id, left }) => show(id, left ? `${left} left` : 'Sold out');

/** The request is a child of the call. An answer that is an error throws, which ends the call as one. */
const buy = (id) =>
  traceApiCall('buy ticket', { attributes: { 'shop.show': id } }, async (span) => {
    const response = await span.fetch(`/api/shows/${id}/tickets`, { method: 'POST' });
    if (!response.ok) throw new Error(`The shop answered ${response.status}`);
    span.setOk();
    showLeft(await response.json());
  });

for (const button of document.querySelectorAll('button[value]'))
  button.onclick = () => buy(button.value).catch((error) => show(button.value, error.message));

document.getElementById('look').onclick = () =>
  show('spans', JSON.stringify(bufferedSpans(), null, 2));

for (const each of await (await tracedFetch('/api/shows')).json()) showLeft(each);
