// npm run screenshots: renews the pictures of docs/debugging.md and of the demo page, from builds in Chromium.
import { join } from 'node:path';
import { finishedBuild, startBuild } from '../tests/e2e/build-pipeline/support/build-page.mjs';
import { launch, openPage } from '../tests/e2e/harness/browsers.mjs';
import { startWorld } from '../tests/e2e/harness/world.mjs';
import { build } from './build/index.mjs';
import { root } from './lib/paths.mjs';
import { main, say } from './lib/step.mjs';
import { setup } from './setup/index.mjs';

const WIDTH = 1200;
const shown = { timeout: 30_000 };

/** Each fault's story: the span that is looked at, the how-many-th of its name, and how much of the viewer. */
const STORIES = [
  { fault: 'slow-db', span: 'SELECT sessions', nth: 0, height: 760 },
  { fault: 'broker-latency', span: 'broker.forwardEvent.status', nth: 0, height: 760 },
  { fault: 'drop-event', span: 'broker.forwardEvent.todo', nth: 1, height: 760, chosen: true },
  { fault: 'no-context', height: 460, list: true },
];

async function capture(page, name) {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(root, 'docs', 'images', `${name}.png`) });
  say(`docs/images/${name}.png`);
}

/** The address in the viewer, once the collector has all that the story shows. */
async function address({ world, traceId, story }) {
  if (story.list) {
    await world.traces.waitForSpans(traceId, (spans) => spans.length >= 6);
    await world.traces.waitForSummaries({ q: 'runner.build' });
    return `${world.collectorUrl}/#/`;
  }
  const named = (spans) => spans.filter(({ name }) => name === story.span);
  const spans = await world.traces.waitForSpans(
    traceId,
    (rows) => named(rows).length > story.nth && rows.some(({ name }) => /finalize/.test(name)),
  );
  const { spanId } = named(spans)[story.nth];
  return `${world.collectorUrl}/#/trace/${traceId}${story.chosen ? `?span=${spanId}` : ''}`;
}

async function tell(browser, story) {
  const world = await startWorld({ pipeline: { fault: story.fault } });
  const { page } = await openPage(browser);
  try {
    await page.setViewport({ width: WIDTH, height: 640 });
    const traceId = await startBuild({ world, page });
    await finishedBuild(page, traceId);
    if (story.fault === 'drop-event') await capture(page, 'debugging-drop-event-page');
    const url = await address({ world, traceId, story });
    await page.setViewport({ width: WIDTH, height: story.height });
    await page.goto(url, { waitUntil: 'networkidle2', ...shown });
    await capture(page, `debugging-${story.fault}`);
  } finally {
    await page.close();
    await world.stop();
  }
}

async function demo(browser) {
  const world = await startWorld({ pipeline: {} });
  const { page } = await openPage(browser);
  try {
    await page.setViewport({ width: 1100, height: 600 });
    const traceId = await startBuild({ world, page });
    await finishedBuild(page, traceId);
    await page.type('#title', 'write it down');
    await page.click('#add-todo');
    await page.waitForSelector('#todos li', shown);
    await capture(page, 'demo');
  } finally {
    await page.close();
    await world.stop();
  }
}

await main(async () => {
  await setup({ tests: true });
  await build({ collector: true });
  const browser = await launch('chromium');
  try {
    await demo(browser);
    for (const story of STORIES) await tell(browser, story);
  } finally {
    await browser.close();
  }
});
