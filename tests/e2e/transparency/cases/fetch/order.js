// When a promise settles, microtask by microtask, beside others.

/** Sees each microtask until `until()`, so that what settles in between has its place among them. */
function ticks({ see }, count = 8) {
  let promise = Promise.resolve();
  for (let tick = 1; tick <= count; tick++) promise = promise.then(() => see('microtask', tick));
  return promise;
}

const watch = (see, promise) =>
  promise.then(
    () => see('fulfilled'),
    () => see('rejected'),
  );

export const cases = {
  'an argument that is refused': async ({ F, see }) => {
    const watched = watch(see, F('http://['));
    await Promise.all([watched, ticks({ see })]);
  },
  'called off before': async ({ F, at, see }) => {
    const watched = watch(see, F(at('/echo'), { signal: AbortSignal.abort() }));
    await Promise.all([watched, ticks({ see })]);
  },
  'called off while it waits': async ({ F, at, see, arrived }) => {
    const controller = new AbortController();
    const watched = watch(see, F(at('/hold'), { signal: controller.signal }));
    await arrived();
    controller.abort();
    await Promise.all([watched, ticks({ see })]);
  },
  'the answer comes in a task of its own': async ({ F, see }) => {
    const watched = watch(see, F('data:,x'));
    await ticks({ see });
    await watched;
  },
};
