// The page's clock, looked up once: the global is an accessor, which costs more than reading the clock. So is its origin.

const clock: Pick<Performance, 'now'> = performance;

export const { timeOrigin } = performance;

/** What it said when the shell last read it. */
export let now: number;

export const readClock = (): number => (now = clock.now());
