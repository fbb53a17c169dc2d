// Random values from a seed: the same seed gives the same values.

/** What page code may hand over where something else is expected. */
const ODD = [
  undefined,
  null,
  true,
  0,
  -0,
  -1,
  1e300,
  2147483648,
  Number.NaN,
  Infinity,
  5n,
  Symbol('s'),
  '',
  'x',
  '\ud800',
  '__proto__',
  'https://u:p@h/?token=1',
  'x'.repeat(10_000),
  [],
  {},
  () => {},
  /x/g,
  new Date(Number.NaN),
  new Map(),
  new Uint8Array(4),
  new Headers(),
  new URL('https://h/'),
  Object.create(null),
  Object.freeze({ a: 1 }),
  new Proxy({}, { ownKeys: () => fail(), get: () => fail() }),
  new Proxy([], { get: (_, key) => (key === 'length' ? 2 ** 40 : fail()) }),
  Proxy.revocable({}, {}).proxy,
  Object.defineProperty({}, 'serviceName', { get: fail, enumerable: true }),
  { toString: fail, valueOf: fail },
  { toString: () => ({}) },
];

function fail() {
  throw new Error('page code');
}

export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit) => Math.floor(next() * limit);
  const any = (list) => list[below(list.length)];
  const odd = () => any(ODD);
  /** Bytes of any kind, mostly few. */
  const bytes = () => Uint8Array.from({ length: below(any([4, 16, 64])) }, () => below(256));
  return { next, below, any, odd, bytes };
}

/** Calls `once` until the time is up, or so many times; returns how often. */
export async function repeat({ seconds, rounds = Infinity }, once) {
  const end = seconds === undefined ? Infinity : performance.now() + seconds * 1000;
  let count = 0;
  while (count < rounds && performance.now() < end) {
    await once();
    count++;
  }
  return count;
}
