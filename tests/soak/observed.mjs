// What the long run sees of its page from outside: memory, listeners and observers.

/** Runs in the page before anything else: keeps the wasm memory, and counts observers that observe. */
function watch() {
  const active = new Set();
  for (const { prototype } of [MutationObserver, PerformanceObserver]) {
    const { observe, disconnect } = prototype;
    prototype.observe = function (...given) {
      active.add(this);
      return observe.apply(this, given);
    };
    prototype.disconnect = function () {
      active.delete(this);
      return disconnect.call(this);
    };
  }
  let memory;
  const isMemory = (value) => value instanceof WebAssembly.Memory;
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(...given) {
      const instance = Reflect.construct(...given);
      memory ??= Object.values(instance.exports).find(isMemory);
      return instance;
    },
  });
  globalThis.outside = () => ({
    observers: active.size,
    wasmBytes: memory.buffer.byteLength,
  });
}

const quantile = (numbers, share) =>
  numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) * share)] ?? 0;

/** Prepares a page; the result takes a sample of it, after garbage has been collected. */
export async function observer(page) {
  await page.evaluateOnNewDocument(watch);
  const session = await page.createCDPSession();
  await session.send('Performance.enable');
  await session.send('HeapProfiler.enable');
  return async () => {
    const { message, fetch, stats } = await page.evaluate(() => globalThis.reading());
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const metric = (wanted) => metrics.find(({ name }) => name === wanted).value;
    return {
      heapBytes: metric('JSHeapUsedSize'),
      listeners: metric('JSEventListeners'),
      ...(await page.evaluate(() => globalThis.outside())),
      messages: message.length,
      messageMs: quantile(message, 0.5),
      messageMs95: quantile(message, 0.95),
      fetches: fetch.length,
      fetchMs: quantile(fetch, 0.5),
      fetchMs95: quantile(fetch, 0.95),
      stats,
    };
  };
}
