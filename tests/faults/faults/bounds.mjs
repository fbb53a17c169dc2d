// A page that cannot reach its collector and goes on for long: its memory is bounded, its counts hold, it stays responsive.

const SPANS = 1_000_000;
const A_TASK = 5000;
/** One in so many is a root, which stays when others go. */
const A_TRACE = 10;
/** After so many tasks the page has nothing to do for a while, so that timers run. */
const A_BURST = 20;
const MAX_BYTES = 4 << 20;
/** What a batch under way may hold beside the buffer. */
const A_BATCH = 512 << 10;
const MAX_STORED = 5 << 20;
/** Spans, the list of them, twice as long while it grows, and a body: all that wasm keeps. */
const MAX_WASM = 3 * MAX_BYTES;

/** Before the page loads: remembers the memory of each wasm. */
const watchMemory = () => {
  const { Instance } = WebAssembly;
  globalThis.memories = [];
  WebAssembly.Instance = class extends Instance {
    constructor(...given) {
      super(...given);
      for (const value of Object.values(this.exports))
        if (value instanceof WebAssembly.Memory) globalThis.memories.push(value);
    }
  };
};

/**
 * Ends spans task by task. Resolves with how many milliseconds each task took, and how many all went by between two, when
 * tracelink does its own work.
 */
const endInTasks = async (count, atOnce, aTrace, aBurst) => {
  const { tracelink } = globalThis;
  const { port1, port2 } = new MessageChannel();
  const tasks = [];
  const between = [];
  let root;
  for (let ended = 0; ended < count; ended += atOnce) {
    const start = performance.now();
    for (let index = 0; index < atOnce; index++) {
      const attributes = { index, route: '/cart' };
      const parent = index % aTrace ? root : null;
      const span = tracelink.startSpan('many', { parent, attributes });
      if (!parent) root = span;
      span.end();
    }
    const end = performance.now();
    tasks.push(end - start);
    await new Promise((resolve) => {
      port1.onmessage = resolve;
      port2.postMessage(null);
    });
    between.push(performance.now() - end);
    if (tasks.length % aBurst === 0) await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { tasks, between };
};

/** Bytes of all records in the page's storage, read one by one. */
const storedBytes = async () => {
  const opened = (request) =>
    new Promise((resolve) => {
      request.onsuccess = () => resolve(request.result);
    });
  let bytes = 0;
  for (const { name } of await indexedDB.databases()) {
    const database = await opened(indexedDB.open(name));
    const store = database.transaction('spans').objectStore('spans');
    for (const key of await opened(store.getAllKeys()))
      bytes += (await opened(store.get(key))).byteLength ?? 0;
    database.close();
  }
  return bytes;
};

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

export const bounds = {
  'a million spans, collector unreachable': {
    origins: ['cross'],
    settles: false,
    async run(scene) {
      const tab = await scene.open({ prepare: (page) => page.evaluateOnNewDocument(watchMemory) });
      await scene.unreachable();
      const { tasks, between } = await tab.run(endInTasks, SPANS, A_TASK, A_TRACE, A_BURST);
      const stats = await tab.stats();
      scene.mustAddUp(stats);
      scene.must(stats.ended >= SPANS, `only ${stats.ended} count as ended`);
      // What ended last is stored a second later.
      await tab.wait(1500);
      const { pendingBytes } = stats;
      scene.must(pendingBytes <= MAX_BYTES + A_BATCH, `${pendingBytes} bytes are pending`);
      const wasm = await tab.run(() => globalThis.memories[0].buffer.byteLength);
      scene.must(wasm <= MAX_WASM, `wasm has ${wasm} bytes`);
      const stored = await tab.run(storedBytes);
      scene.must(stored > 0 && stored <= MAX_STORED, `${stored} bytes are stored`);
      // Ratios of one run: the last tasks take what the first ones took, though all is full by then.
      const [first, last] = [tasks.slice(0, 20), tasks.slice(-20)].map(median);
      scene.must(last <= 10 * first, `tasks of ${first} ms became tasks of ${last} ms`);
      const [longest, own] = [Math.max(...between), Math.max(...tasks)].map(Math.round);
      const usual = median(tasks);
      // What tracelink does by itself, storing 4 MiB for one, is about ten of these; never seconds.
      scene.must(longest <= 50 * usual, `${longest} ms between tasks of ${usual} ms`);
      const told = stats.ended - stats.delivered;
      return {
        ended: stats.ended,
        toldOf: told,
        note: `${own} ms for ${A_TASK} at most, ${longest} ms between, ${usual.toFixed(1)} ms usually; ${wasm >> 20} MiB wasm, ${stored >> 20} MiB stored`,
      };
    },
  },
};
