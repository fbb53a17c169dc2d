// A page that cannot reach its collector and goes on for long: its memory is bounded, its counts hold, it stays responsive.

const SPANS = 1_000_000;
const A_TASK = 5000;
const MAX_BYTES = 4 << 20;
/** What a batch under way may hold beside the buffer. */
const A_BATCH = 512 << 10;

/** Ends spans task by task; resolves with how many milliseconds each task took. */
const endInTasks = async (count, atOnce) => {
  const { tracelink } = globalThis;
  const { port1, port2 } = new MessageChannel();
  const durations = [];
  for (let ended = 0; ended < count; ended += atOnce) {
    const start = performance.now();
    for (let index = 0; index < atOnce; index++)
      tracelink.startSpan('many', { parent: null, attributes: { index, route: '/cart' } }).end();
    durations.push(performance.now() - start);
    await new Promise((resolve) => {
      port1.onmessage = resolve;
      port2.postMessage(null);
    });
  }
  return durations;
};

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

export const bounds = {
  'a million spans, collector unreachable': {
    origins: ['cross'],
    settles: false,
    async run(scene) {
      const tab = await scene.open();
      await scene.unreachable();
      const durations = await tab.run(endInTasks, SPANS, A_TASK);
      const stats = await tab.stats();
      scene.mustAddUp(stats);
      scene.must(stats.ended >= SPANS, `only ${stats.ended} count as ended`);
      const { pendingBytes } = stats;
      scene.must(pendingBytes <= MAX_BYTES + A_BATCH, `${pendingBytes} bytes are pending`);
      // Ratios of one run: the last tasks take what the first ones took, though all is full by then.
      const [first, last] = [durations.slice(0, 20), durations.slice(-20)].map(median);
      scene.must(last <= 10 * first, `tasks of ${first} ms became tasks of ${last} ms`);
      const told = stats.ended - stats.delivered;
      return {
        ended: stats.ended,
        toldOf: told,
        note: `${Math.max(...durations).toFixed(0)} ms for ${A_TASK} at most`,
      };
    },
  },
};
