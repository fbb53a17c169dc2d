// npm run test:soak: a page that gets 200 messages and makes 20 requests a second for ten minutes stays as it was.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { environment } from '../../bench/lib/environment.mjs';
import { build } from '../../scripts/build/index.mjs';
import { root } from '../../scripts/lib/paths.mjs';
import { main } from '../../scripts/lib/step.mjs';
import { setup } from '../../scripts/setup/index.mjs';
import { startCollector } from '../../scripts/start/services.mjs';
import { launch, openPage } from '../e2e/harness/browsers.mjs';
import { brokenSums } from '../faults/support/tab.mjs';
import { judge, table } from './judge.mjs';
import { observer } from './observed.mjs';
import { serve } from './server.mjs';

const SAMPLES = 60;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    messages: { type: 'string', default: '200' },
    fetches: { type: 'string', default: '20' },
  },
});
const [minutes, messages, fetches] = [values.minutes, values.messages, values.fetches].map(Number);

/** What was asked for, what was seen, and what must not be: { samples, stats, problems }. */
async function soak(browser, collector, server, say) {
  const { page, errors } = await openPage(browser);
  const sample = await observer(page);
  const query = new URLSearchParams({ endpoint: collector.url, fetches });
  await page.goto(`${server.origin}/?${query}`, { waitUntil: 'load' });
  await page.waitForFunction(() => globalThis.reading !== undefined);
  const samples = [];
  for (let taken = 0; taken < SAMPLES; taken++) {
    await sleep((minutes * 60_000) / SAMPLES);
    samples.push(await sample());
    if (taken % 10 === 9) say(`soak: ${Math.round(((taken + 1) * 100) / SAMPLES)} %`);
  }
  const stats = await page.evaluate(() => globalThis.finish());
  const health = await (await fetch(`${collector.url}/api/health`)).json();
  const problems = [brokenSums(stats), ...errors].filter(Boolean);
  if (Object.keys(stats.dropped).length > 0) problems.push(`dropped: ${JSON.stringify(stats)}`);
  if (health.spans !== stats.delivered)
    problems.push(`${stats.delivered} spans were delivered, ${health.spans} are stored`);
  return { samples, stats, problems };
}

async function write(result) {
  const folder = join(root, 'bench', 'results');
  await mkdir(folder, { recursive: true });
  const name = `soak-${result.date.slice(0, 16).replace(':', '')}.json`;
  await writeFile(join(folder, name), `${JSON.stringify(result, null, 2)}\n`);
  return `bench/results/${name}`;
}

await main(async () => {
  await setup({ tests: true });
  await build({ collector: true });
  const say = (text) => process.stdout.write(`${text}\n`);
  const folder = await mkdtemp(join(tmpdir(), 'tracelink-soak-'));
  const collector = await startCollector({ port: 0, database: join(folder, 'traces.db') });
  const server = await serve({ messages });
  const browser = await launch('chromium');
  try {
    const date = new Date().toISOString();
    const asked = { minutes, messages, fetches };
    const { samples, stats, problems } = await soak(browser, collector, server, say);
    const rows = judge(samples);
    const result = { date, ...environment(), browser: await browser.version(), asked, rows };
    const path = await write({ ...result, stats, problems, samples });
    const seen = samples.reduce((sum, sample) => sum + sample.messages, 0);
    say(`\n${seen} messages, ${stats.delivered} spans\n${table(rows)}\nwritten to ${path}`);
    for (const problem of problems) say(`soak: ${problem}`);
    return problems.length > 0 || rows.some(({ grew }) => grew) ? 1 : 0;
  } finally {
    await browser.close();
    await server.stop();
    await collector.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
