// The page's clock, looked up once: the global is an accessor, which costs more than reading the clock.

export const clock: Pick<Performance, 'now'> = performance;
