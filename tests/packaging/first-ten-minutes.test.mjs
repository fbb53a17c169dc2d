// The README as a newcomer follows it: its lines in an empty Vite project with the tarball, and the trace in the collector.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { nodeBin } from '../../scripts/lib/paths.mjs';
import { must } from '../../scripts/lib/run.mjs';
import { startCollector } from '../../scripts/start/services.mjs';
import { BROWSERS, launch, openPage } from '../e2e/harness/browsers.mjs';
import { CollectorClient } from '../e2e/harness/collector-client.mjs';
import { startPayments } from './payments.mjs';
import { installTarball } from './tarball.mjs';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const COLLECTOR = 'http://localhost:4318';
const WAIT = { timeout: 20_000 };

/** What `npm create vite -- --template vanilla-ts` sets, and `strict`. */
const COMPILER_OPTIONS = {
  target: 'es2023',
  module: 'esnext',
  lib: ['ES2023', 'DOM'],
  types: [],
  moduleResolution: 'bundler',
  allowImportingTsExtensions: true,
  verbatimModuleSyntax: true,
  moduleDetection: 'force',
  noEmit: true,
  strict: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  erasableSyntaxOnly: true,
};

/** The README's lines of TypeScript: the whole of a `src/main.ts`. */
async function readmeLines() {
  const blocks = (await readFile(README, 'utf8')).matchAll(/^```ts\n(.*?)^```$/gms);
  return Array.from(blocks, ([, code]) => code).join('\n');
}

let tarball;
let backend;
let collector;
/** { name: { url, close } }: the page, served in each of the ways that Vite has. */
const sites = {};

/** The newest, and the last whose development server moves a package's JavaScript away from its wasm. */
const VITES = { 'vite 8': 'vite', 'vite 7': 'vite-7' };

async function serveSites(project) {
  const proxy = { '/api': backend.url, '/updates': { target: backend.url, ws: true } };
  const listen = { host: '127.0.0.1', port: 0, proxy };
  for (const [name, specifier] of Object.entries(VITES)) {
    const { build, createServer, preview } = await import(specifier);
    const common = { root: project, configFile: false, logLevel: 'error' };
    // Each would throw away what the other has prepared. It is the old one that wants the usual place.
    const cacheDir = specifier === 'vite' ? join(project, '.vite') : undefined;
    const server = await createServer({ ...common, cacheDir, server: listen });
    await server.listen();
    sites[`${name}, development server`] = server;
    const outDir = join(project, 'dist', specifier);
    await build({ ...common, build: { outDir } });
    sites[`${name}, build`] = await preview({ ...common, build: { outDir }, preview: listen });
  }
}

before(async () => {
  tarball = await installTarball();
  const project = tarball.folder;
  collector = await startCollector({ port: 0, database: join(project, 'traces.db') });
  backend = await startPayments();
  const lines = await readmeLines();
  assert.equal(lines.split(COLLECTOR).length, 2, 'the README names the collector once');
  await mkdir(join(project, 'src'));
  await writeFile(join(project, 'src', 'main.ts'), lines.replace(COLLECTOR, collector.url));
  await writeFile(
    join(project, 'index.html'),
    '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/src/main.ts"></script>',
  );
  const tsconfig = { compilerOptions: COMPILER_OPTIONS, include: ['src'] };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(tsconfig));
  await serveSites(project);
});

after(async () => {
  for (const site of Object.values(sites)) await site.close();
  await backend?.close();
  await collector?.stop();
  await tarball?.remove();
});

test('the lines are right for a strict TypeScript project', async () => {
  await must('tsc', join(nodeBin, 'tsc'), ['--project', tarball.folder]);
});

/** Loads the page, presses its button, and hands back the trace of the click as the collector has it. */
async function traceOfClick(page, url) {
  await page.goto(url, { waitUntil: 'load' });
  await page.waitForSelector('button', WAIT);
  // A request made before init settles is not yet anybody's parent.
  await page.waitForFunction(
    () => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/v1/traces')),
    WAIT,
  );
  await page.click('button');
  await page.waitForFunction(() => document.querySelector('button').textContent === 'Paid', WAIT);
  const traces = new CollectorClient(collector.url);
  await traces.waitForSummaries({ q: 'documentLoad' });
  const traceId = backend.paid.at(-1).slice(3, 35);
  return traces.waitForSpans(traceId, (spans) => spans.some(({ name }) => name === 'ui.update'));
}

const tree = (spans) => spans.map(({ depth, name }) => `${'  '.repeat(depth)}${name}`).join('\n');

for (const browserName of BROWSERS)
  describe(browserName, () => {
    let browser;
    before(async () => {
      browser = await launch(browserName);
    });
    after(() => browser?.close());

    for (const name of Object.keys(VITES).flatMap((vite) => [
      `${vite}, development server`,
      `${vite}, build`,
    ]))
      test(`${name}: the click, its request, the message and the change on screen are in the collector`, async () => {
        const { page, printed, errors } = await openPage(browser);
        const [url] = sites[name].resolvedUrls.local;
        const spans = await traceOfClick(page, url);
        const expected = ['click pay', 'POST', `process ${new URL(url).host}/updates`, 'ui.update'];
        assert.equal(
          tree(spans),
          expected.map((each, depth) => `${'  '.repeat(depth)}${each}`).join('\n'),
        );
        assert.equal(spans[0].serviceName, 'shop');
        assert.deepEqual(errors, []);
        assert.deepEqual(
          printed.filter((line) => line.includes('tracelink')),
          [],
        );
        await page.close();
      });
  });
