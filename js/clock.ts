// The page's clock, looked up once: the global is an accessor, which costs more than reading the clock.

export const clock: Pick<Performance, 'now' | 'timeOrigin'> = performance;

/** What it said when the shell last read it. */
export let now: number;

export const readClock = (): number => (now = clock.now());
