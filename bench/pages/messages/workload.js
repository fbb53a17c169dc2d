// The message that arrives and what the page does with it without any tracing.

/** Messages in one sample: their spans fit into one request of every contender. */
export const BATCH = 500;
export const BATCHES = 8;

const hex = (length) =>
  Array.from({ length }, () => Math.floor(Math.random() * 16).toString(16)).join('');

/** A batch of prices as the example backend broadcasts it: about 700 bytes, with both families of carriers. */
function text(index) {
  const [trace, span] = [hex(32), hex(16)];
  return JSON.stringify({
    type: 'prices',
    sequence: index,
    traceparent: `00-${trace}-${span}-01`,
    _sentry: {
      trace: `${trace}-${span}-1`,
      baggage: `sentry-trace_id=${trace},sentry-sample_rate=1,sentry-sampled=true,sentry-environment=production`,
    },
    prices: Array.from({ length: 8 }, (_, at) => ({
      id: `item-${index * 8 + at}`,
      price: 100 + at / 4,
      currency: 'EUR',
    })),
  });
}

export const texts = Array.from({ length: 256 }, (_, index) => text(index));

const state = new Map();

/** Keeps the newest prices. */
export function handle(message) {
  for (const { id, price } of message.prices) state.set(id, price);
}
