// A worker, a frame or a service worker behind a MessagePort: the work is below the span that asked, the answer below the work.
import { injectMessageContext, traceMessage, withSpan } from 'tracelink';

/** Runs `work` for each message and sends back what it promises. */
export function answer(port, work) {
  port.onmessage = (event) =>
    traceMessage(
      event,
      // The span ends when the promise settles; behind an await it is named, since it is not active there.
      async (span) => {
        const result = await work(event.data);
        port.postMessage(injectMessageContext({ result }, span));
      },
      { destination: 'worker', update: false },
    );
}

/** Sends a question; `show` gets the answer. */
export function ask(port, question, show) {
  port.onmessage = (event) =>
    traceMessage(event, () => show(event.data.result), { destination: 'page' });
  withSpan('ask', { kind: 'producer' }, () => port.postMessage(injectMessageContext({ question })));
}
