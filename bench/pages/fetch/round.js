// One round of requests, one after the other, by the native fetch or by a traced one.

const REQUESTS = 40;
const URL_OF = (index) => `/api/v2/orders/${index}?page=2`;
/** Whoever waits for the browser's timing of a request has given up by then. */
const LAST_WORK_MS = 400;

/** Offers `round(variant)` and `drain()` to the runner. */
export function offer(native, traced, drain) {
  const variants = { plain: native, traced };
  globalThis.round = async (variant) => {
    const send = variants[variant];
    const calls = [];
    for (let index = 0; index < REQUESTS; index++) {
      const start = performance.now();
      const sent = send(URL_OF(index));
      calls.push((performance.now() - start) * 1000);
      await (await sent).text();
    }
    await new Promise((resolve) => setTimeout(resolve, LAST_WORK_MS));
    calls.sort((a, b) => a - b);
    return { calls: REQUESTS, synchronous: calls[REQUESTS / 2] };
  };
  globalThis.drain = async () => {
    await drain();
    performance.clearResourceTimings();
  };
}
