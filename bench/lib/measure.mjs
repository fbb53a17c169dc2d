// Measures one kind in one browser: every contender's page open at once, their rounds interleaved.
import { open } from './browser.mjs';
import { threadClock } from './cpu.mjs';
import { KINDS, variantsOf } from './kinds.mjs';
import { inRounds } from './rounds.mjs';

/** One round of a variant: microseconds for one call, of the main thread's time if the browser shows it. */
async function measureRound(page, clock, variant) {
  const before = await clock?.();
  const { calls, wall, ...rest } = await page.evaluate((name) => globalThis.round(name), variant);
  const spent = clock ? (await clock()) - before : wall;
  await page.evaluate(() => globalThis.drain?.());
  return { us: spent / calls, ...rest };
}

/** Results by contender and variant, one for each round. */
export async function measure(browser, origin, kind, { rounds, warmUp }) {
  const { contenders } = KINDS[kind];
  const measurements = new Map();
  const pages = [];
  for (const contender of contenders) {
    const page = await open(browser, `${origin}/${kind}/${contender}.html`);
    pages.push(page);
    const clock = await threadClock(page);
    for (const variant of variantsOf(KINDS[kind], contender))
      measurements.set(`${contender} ${variant}`, () => measureRound(page, clock, variant));
  }
  const results = await inRounds(measurements, rounds, warmUp);
  for (const page of pages) await page.close();
  const byVariant = (contender) =>
    variantsOf(KINDS[kind], contender).map((name) => [name, results.get(`${contender} ${name}`)]);
  return Object.fromEntries(
    contenders.map((contender) => [contender, Object.fromEntries(byVariant(contender))]),
  );
}
