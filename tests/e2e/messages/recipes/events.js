// An event source: every event but open and error is a message. Reconnects and lastEventId are the browser's, as ever.
import { traceEventSource } from 'tracelink';

export function openHeadlines(url, show) {
  const source = traceEventSource(new EventSource(url));
  source.addEventListener('headline', ({ data }) => show(JSON.parse(data).title));
  return source;
}
