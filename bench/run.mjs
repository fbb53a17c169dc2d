// npm run bench: tracelink beside its peers in one run. Ends with 1 when a requirement is missed. See README.md.
import { parseArgs } from 'node:util';
import { build } from '../scripts/build/index.mjs';
import { main } from '../scripts/lib/step.mjs';
import { setup } from '../scripts/setup/index.mjs';
import { ingestTable, measureIngest } from './collector/ingest.mjs';
import { collectorTable, measureCollector } from './collector/measure.mjs';
import { launch } from './lib/browser.mjs';
import { bundle } from './lib/bundle.mjs';
import { environment } from './lib/environment.mjs';
import { KINDS, pagesOf } from './lib/kinds.mjs';
import { measure } from './lib/measure.mjs';
import { summarise, table, verdicts, write } from './lib/report.mjs';
import { check } from './lib/requirements.mjs';
import { serve } from './lib/server.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    browser: { type: 'string', multiple: true, default: ['chrome', 'firefox'] },
    kind: { type: 'string', multiple: true, default: [...Object.keys(KINDS), 'collector'] },
    spans: { type: 'string', default: '1000000' },
    beside: { type: 'string', multiple: true, default: ['rotel', 'phoenix'] },
  },
});

await main(async () => {
  await setup({ tests: true });
  const pageKinds = values.kind.filter((kind) => kind !== 'collector');
  const ofCollector = pageKinds.length < values.kind.length;
  await build({ collector: ofCollector });
  const say = (text) => process.stdout.write(`${text}\n`);
  const rounds = { rounds: Number(values.rounds), warmUp: 3 };
  const result = { date: new Date().toISOString(), ...environment(), browsers: [] };
  const scripts = new Map();
  for (const page of pagesOf(pageKinds)) scripts.set(page, await bundle(page));
  const server = await serve(scripts);
  const missed = [];

  async function measureIn(name) {
    const browser = await launch(name);
    try {
      const version = await browser.version();
      // Firefox does not tell what processor time a page took, so nothing is asked of its numbers on a shared machine.
      const decides = name === 'chrome';
      const kinds = {};
      say(`\n${version}, ${result.cpu}`);
      // Without processor time, what a request costs drowns in the network.
      for (const kind of pageKinds.filter((kind) => decides || kind !== 'fetch')) {
        const results = await measure(browser, server.origin, kind, rounds);
        const rows = summarise(results);
        const checks = check(kind, results);
        kinds[kind] = { rows, checks };
        const clock = decides ? 'us of the main thread' : 'us of wall time';
        say(`\n${table(`${kind}: ${clock} for one call`, rows)}\n\n${verdicts(checks)}`);
        if (decides) missed.push(...checks.filter((one) => one.missed));
      }
      result.browsers.push({ browser: version, kinds });
    } finally {
      await browser.close();
    }
  }

  try {
    if (pageKinds.length > 0) for (const name of values.browser) await measureIn(name);
    if (ofCollector) {
      result.ingest = await measureIngest(values.beside.filter((name) => name !== 'none'));
      say(`\n${ingestTable(result.ingest)}`);
      result.collector = await measureCollector(Number(values.spans));
      const { checks } = result.collector;
      say(`\n${collectorTable(result.collector)}\n\n${verdicts(checks)}`);
      missed.push(...checks.filter((one) => one.missed));
    }
    say(`\n${JSON.stringify(result.versions)}\nwritten to ${await write(result)}`);
  } finally {
    server.close();
  }
  for (const { what, reached, asked } of missed)
    say(`bench: missed: ${what}: ${reached.median.toFixed(2)}, ${asked}`);
  return missed.length ? 1 : 0;
});
