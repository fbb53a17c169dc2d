// What a page does a hundred thousand times leaves nothing behind: spans, listeners, observers, timers, memory.
import assert from 'node:assert/strict';

/** Runs in the page: each operation once, as often as it is called. */
const OPERATIONS = {
  spans: (t, at) => {
    const span = t.startSpan(`span ${at}`, { attributes: { [`key ${at}`]: `value ${at}` } });
    span
      .addEvent(`event ${at}`)
      .addLink(span)
      .recordException(new Error(`error ${at}`));
    span.child('child').end();
    span.end();
  },
  'spans that never end': (t, at) => t.startSpan(`open ${at}`, { attributes: { at } }),
  functions: (t, at) => {
    t.withSpan(`with ${at}`, () => 1);
    t.withSpan(`async ${at}`, async () => 1);
    t.traceFlow(`flow ${at}`, { attributes: { at } }, (span) => span.child('in').end());
    t.traced(`traced ${at}`, () => 1)();
    t.startSpan('bound').bind(() => 1)();
  },
  messages: (t, at) => {
    const digits = at.toString(16).padStart(16, '1');
    const text = `{"traceparent":"00-${digits}${digits}-${digits}-01","baggage":"a=${at}","n":${at}}`;
    t.traceMessage(text, () => document.body.setAttribute('n', at), { destination: `d${at % 9}` });
    t.extractMessageContexts([JSON.parse(text)]);
    t.injectMessageContext({ at }, t.startSpan('inject'));
  },
  updates: (t, at) => t.traceUpdate(`update ${at}`, () => document.body.setAttribute('u', at)),
  listeners: (t) => {
    t.onSpanEnd(() => {})();
    t.setAttributes({ tenant: 'a' });
    t.setAttributes({ tenant: null });
    t.bufferedSpans().length = 0;
  },
  sockets: (t) => {
    const socket = t.traceWebSocket(new WebSocket('ws://127.0.0.1:1/'));
    const listener = () => {};
    socket.addEventListener('message', listener);
    socket.removeEventListener('message', listener);
    socket.onmessage = listener;
    socket.close();
  },
  requests: (t) => t.tracedFetch('/page').then((response) => response.text()),
  'page loads': (t, at) => t.tracePageLoad(`page ${at}`),
};

/** How often, where not a hundred thousand times: what goes out of the page costs the browser more than us. */
const TIMES = {
  listeners: 2_000,
  sockets: 200,
  requests: 150,
  functions: 30_000,
  messages: 30_000,
};
const MANY = 100_000;

/** Counts what the page asks the browser for and does not give back. */
function countHeld() {
  const held = {};
  const listening = new Map();
  const keyOf = (type, options) => `${type} ${options === true || options?.capture === true}`;
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (type, listener, options) {
    if (this === undefined || this === window || this === document) {
      const key = keyOf(type, options);
      if (!listening.has(key)) listening.set(key, new Set());
      listening.get(key).add(listener);
    }
    return add.call(this ?? window, type, listener, options);
  };
  EventTarget.prototype.removeEventListener = function (type, listener, options) {
    if (this === undefined || this === window || this === document)
      listening.get(keyOf(type, options))?.delete(listener);
    return remove.call(this ?? window, type, listener, options);
  };
  for (const name of ['MutationObserver', 'PerformanceObserver']) {
    const Native = window[name];
    const observing = new Set();
    window[name] = class extends Native {
      observe(...args) {
        observing.add(this);
        super.observe(...args);
      }
      disconnect() {
        observing.delete(this);
        super.disconnect();
      }
    };
    Object.defineProperty(held, name, { enumerable: true, get: () => observing.size });
  }
  const timers = new Set();
  const { setTimeout: start, clearTimeout: stop } = window;
  window.setTimeout = (work, ms, ...args) => {
    const timer = start(() => {
      timers.delete(timer);
      work(...args);
    }, ms);
    timers.add(timer);
    return timer;
  };
  window.clearTimeout = (timer) => {
    timers.delete(timer);
    stop(timer);
  };
  Object.defineProperty(held, 'timers', { get: () => timers.size, enumerable: true });
  Object.defineProperty(held, 'listeners', {
    get: () => [...listening.values()].reduce((sum, { size }) => sum + size, 0),
    enumerable: true,
  });
  window.heldNow = () => ({ ...held });
}

/** Bytes of the page's JavaScript heap after a collection; undefined where no browser tells. */
async function heapOf(page, browserName) {
  if (browserName !== 'chromium') return undefined;
  const session = await page.createCDPSession();
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}

/** A page with tracing whose memory and handles can be counted. */
async function startCounted({ open, run, load, site }) {
  await open({ entry: null });
  await run(countHeld);
  await load('index');
  const started = await run(async (endpoint) => {
    WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
      construct(Native, args) {
        const instance = new Native(...args);
        const memory = Object.values(instance.exports).find(
          (one) => one instanceof WebAssembly.Memory,
        );
        window.wasmBytes = () => memory.buffer.byteLength;
        return instance;
      },
    });
    const buffer = { maxBytes: 200_000, retain: 100 };
    const options = { serviceName: 'page', endpoint, maxOpenSpans: 200, buffer };
    return (await window.t.init(options)).ok;
  }, site.sink().url);
  assert.equal(started, true);
}

/** Calls an operation so often, with pauses in which the browser does what it was asked for. */
const repeat = (run, name, times) =>
  run(`(async () => {
    const work = ${OPERATIONS[name]};
    for (let at = 0; at < ${times}; at++) {
      const done = work(window.t, at);
      if (at % 100 === 99) await done;
      if (at % 1000 === 999) await new Promise((turn) => setTimeout(turn));
    }
    await new Promise((done) => setTimeout(done, 400));
    await window.t.flush();
  })()`);

async function leavesNothing(context, name) {
  const { run, page, browserName, stats } = context;
  await startCounted(context);
  const seen = async () => ({
    heap: await heapOf(page, browserName),
    ...(await run(() => ({ wasm: window.wasmBytes(), held: window.heldNow() }))),
  });
  const times = TIMES[name] ?? MANY;
  // The first part fills what is kept: slots, buffers, tables that have a bound.
  await repeat(run, name, Math.min(times, 12_000));
  const before = await seen();
  await repeat(run, name, times);
  const after = await seen();
  const said = `${name}: ${JSON.stringify({ before, after })}`;
  // Ten bytes for each time would be a megabyte. The crate's slots grow to what the largest span needed.
  assert.ok(after.wasm - before.wasm <= 512 * 1024, said);
  assert.ok(!before.heap || after.heap - before.heap < 1_000_000, said);
  // The timer of the next flush, and what waits for the next frame.
  for (const [kind, count] of Object.entries(after.held))
    assert.ok(count <= before.held[kind] + 2, `${kind} of ${said}`);
  const { open } = await stats();
  assert.ok(open <= 200, `${open} open after ${name}`);
  if (name === 'sockets') context.thrown();
}

export const leaks = Object.fromEntries(
  Object.keys(OPERATIONS).map((name) => [
    `${name}, a hundred thousand times or so`,
    (context) => leavesNothing(context, name),
  ]),
);
