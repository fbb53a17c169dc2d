// Says whether a long run was as long as it was short: its last third is held to its first.

const MIB = 1 << 20;

/** How much more each value may be at the end: `times` what it was, `plus` an amount that is noise. */
const MAY_GROW = {
  heapBytes: { times: 1.1, plus: MIB },
  wasmBytes: { times: 1, plus: 0 },
  // Those of a request and of a message under way.
  listeners: { times: 1, plus: 4 },
  observers: { times: 1, plus: 2 },
  messageMs: { times: 1.5, plus: 5 },
  fetchMs: { times: 1.5, plus: 5 },
};

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** Rows of { value, first, last, grew }. The first tenth of the samples warms up and is not looked at. */
export function judge(samples) {
  const warm = samples.slice(Math.ceil(samples.length / 10));
  const third = Math.max(1, Math.floor(warm.length / 3));
  return Object.entries(MAY_GROW).map(([value, { times, plus }]) => {
    const of = (part) => median(part.map((sample) => sample[value]));
    const [first, last] = [of(warm.slice(0, third)), of(warm.slice(-third))];
    return { value, first, last, grew: last > first * times + plus };
  });
}

const shown = (value, number) =>
  value.endsWith('Bytes') ? `${(number / MIB).toFixed(2)} MiB` : number.toFixed(1);

export const table = (rows) =>
  rows
    .map(
      ({ value, first, last, grew }) =>
        `  ${grew ? 'GREW' : 'ok  '}  ${value.padEnd(12)}${shown(value, first).padStart(12)}  to ${shown(value, last).padStart(12)}`,
    )
    .join('\n');
