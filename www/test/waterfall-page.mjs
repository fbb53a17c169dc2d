// A trace that the tests of the waterfall open, and what they do in it.
import { send } from './otlp.mjs';
import { newTraceId, open, texts, untilTexts, waitFor } from './viewer-page.mjs';

export const TREE = [
  { id: 'a', name: 'root', ms: 100 },
  { id: 'b', parent: 'a', name: 'first child', at: 10, ms: 20 },
  { id: 'c', parent: 'b', name: 'grandchild', at: 12, ms: 5, error: 'no' },
  { id: 'd', parent: 'a', name: 'second child', at: 40, ms: 20 },
  { id: 'e', parent: 'ff', name: 'lost', at: 50, ms: 5 },
];
export const ALL = TREE.map(({ name }) => name);

export async function openTree(context, spans = TREE) {
  const traceId = newTraceId();
  await send(context.world.collectorUrl, 'tree', traceId, spans);
  await open(context, `#/trace/${traceId}`);
  await untilRows(
    context.page,
    spans.map(({ name }) => name),
  );
  return traceId;
}

export const untilRows = (page, names) => untilTexts(page, '.row .label', names);
export const untilFocused = (page, name) =>
  waitFor(
    page,
    (wanted) => globalThis.focused()?.querySelector?.('.label')?.textContent === wanted,
    name,
  );
export const press = async (page, ...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};
/** Where a row's bar lies, in pixels from the left of its time. */
export const bar = (page, name) =>
  page.evaluate((wanted) => {
    const row = globalThis
      .deep('.row')
      .find((one) => one.querySelector('.label').textContent === wanted);
    const time = row.querySelector('.time').getBoundingClientRect();
    const box = row.querySelector('.bar')?.getBoundingClientRect();
    return box && { left: box.left - time.left, width: box.width, whole: time.width };
  }, name);
export const firstTick = (page) => texts(page, '.ticks span').then(([text]) => text);
