// The package from its tarball: without a bundler, through Vite and esbuild, under a strict policy, in Node, in tsc.
import assert from 'node:assert/strict';
import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { nodeBin } from '../../scripts/lib/paths.mjs';
import { must } from '../../scripts/lib/run.mjs';
import { assertTraced, inEveryBrowser } from './in-a-page.mjs';
import { serve } from './static-server.mjs';
import { installTarball } from './tarball.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const WITHOUT_WASM =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; connect-src 'self'; img-src data:";
const WITH_WASM = WITHOUT_WASM.replace("'unsafe-inline'", "'unsafe-inline' 'wasm-unsafe-eval'");

let tarball;
const servers = {};

/** A page that imports an entry point by its file, and the app with it. */
async function nativePage(name, entry) {
  const html = await readFile(here('fixtures/native.html'), 'utf8');
  await writeFile(join(tarball.folder, name), html.replace('ENTRY', entry));
}

async function buildWithVite() {
  const project = join(tarball.folder, 'vite');
  await mkdir(project);
  await copyFile(here('fixtures/bundled.html'), join(project, 'index.html'));
  await copyFile(here('fixtures/app.js'), join(project, 'app.js'));
  await mkdir(join(project, 'public'));
  await copyFile(here('fixtures/hello.txt'), join(project, 'public', 'hello.txt'));
  await must('vite build', join(nodeBin, 'vite'), ['build', '--logLevel', 'warn'], {
    cwd: project,
  });
  return join(project, 'dist');
}

/** esbuild does not know `new URL(…, import.meta.url)`: there the inline entry is the way. */
async function bundleWithEsbuild() {
  const project = join(tarball.folder, 'esbuild');
  await mkdir(project);
  const app = await readFile(here('fixtures/app.js'), 'utf8');
  await writeFile(join(project, 'source.js'), app.replaceAll("'tracelink'", "'tracelink/inline'"));
  const args = ['source.js', '--bundle', '--format=esm', '--outfile=app.js', '--log-level=warning'];
  await must('esbuild', join(nodeBin, 'esbuild'), args, { cwd: project });
  await copyFile(here('fixtures/bundled.html'), join(project, 'index.html'));
  await copyFile(here('fixtures/hello.txt'), join(project, 'hello.txt'));
  return project;
}

before(async () => {
  tarball = await installTarball();
  await copyFile(here('fixtures/app.js'), join(tarball.folder, 'app.js'));
  await copyFile(here('fixtures/hello.txt'), join(tarball.folder, 'hello.txt'));
  const { exports } = tarball.manifest;
  await nativePage('native.html', exports['.'].default);
  await nativePage('inline.html', exports['./inline'].default);
  servers.native = await serve(tarball.folder, { 'content-security-policy': WITH_WASM });
  servers.strict = await serve(tarball.folder, { 'content-security-policy': WITHOUT_WASM });
  servers.vite = await serve(await buildWithVite());
  servers.esbuild = await serve(await bundleWithEsbuild());
});

after(async () => {
  for (const server of Object.values(servers)) await server.close();
  await tarball?.remove();
});

/** The files that the entry points load on demand. */
async function onDemand() {
  const entry = await readFile(join(tarball.installed, 'dist', 'index.js'), 'utf8');
  const files = Array.from(
    entry.matchAll(/\bimport\("\.\/([^"]+)"\)/g),
    ([, file]) => `dist/${file}`,
  );
  assert.deepEqual(files.sort(), [
    'dist/further-options.js',
    'dist/inspect.js',
    'dist/package-wasm.js',
    'dist/recover.js',
    'dist/refused.js',
    'dist/sampler.js',
    'dist/tab.js',
  ]);
  return files;
}

/** The files that `pkg/tracelink.js` imports. */
async function snippets() {
  const glue = await readFile(join(tarball.installed, 'pkg', 'tracelink.js'), 'utf8');
  return Array.from(
    glue.matchAll(/from ['"]\.\/(snippets\/[^'"]+)['"]/g),
    ([, file]) => `pkg/${file}`,
  );
}

test('the tarball holds the wasm, the entry points and the types, and nothing else', async () => {
  const { exports } = tarball.manifest;
  const targets = Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  );
  const named = new Set(targets.map((target) => target.replace('./', '')));
  for (const file of [...(await snippets()), ...(await onDemand())]) named.add(file);
  named.add('pkg/tracelink_bg.wasm');
  const unexplained = tarball.files.filter(
    (file) => !named.has(file) && !/^(README|CHANGELOG|LICENSE)[\w.-]*$/.test(file),
  );
  assert.deepEqual(unexplained, []);
  for (const file of named) assert.ok(tarball.files.includes(file), `${file} is missing`);
  assert.ok(named.has('dist/tracelink.wasm'));
  assert.ok([...named].some((file) => file.endsWith('.d.ts')));
});

for (const file of ['dist/tracelink.wasm', 'pkg/tracelink_bg.wasm'])
  test(`${file} in the tarball is a WebAssembly module`, async () => {
    assert.ok(WebAssembly.validate(await readFile(join(tarball.installed, file))));
  });

test('tracelink/inline, bundled into a script of the page, does not take that for its own', async () => {
  const text = await readFile(join(tarball.installed, 'dist', 'inline.js'), 'utf8');
  assert.ok(!text.includes('import.meta'));
});

/** The functions and constants that the types promise. */
async function promisedNames() {
  const types = await readFile(join(tarball.installed, tarball.manifest.types), 'utf8');
  const names = types.matchAll(/^export (?:declare )?(?:function|const) (\w+)/gm);
  return [...new Set(Array.from(names, (match) => match[1]))].toSorted();
}

const NODE_PROGRAM = `
for (const entry of ['tracelink', 'tracelink/inline', 'tracelink/noop']) {
  const api = await import(entry);
  const result = await api.init({ serviceName: 'server' });
  const value = api.withSpan('work', (span) => typeof span.setAttribute('a', 1).traceId);
  const carrier = api.startSpan('x').inject({});
  const spans = api.bufferedSpans();
  console.log(JSON.stringify({ entry, result, value, carrier, spans, names: Object.keys(api) }));
}`;

test('importing it in Node is safe, and init says that this is a server', async () => {
  await writeFile(join(tarball.folder, 'server.mjs'), NODE_PROGRAM);
  const printed = await must('node', process.execPath, ['server.mjs'], { cwd: tarball.folder });
  const lines = printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(lines.length, 3);
  const promised = await promisedNames();
  assert.ok(promised.length >= 25, `the types promise ${promised}`);
  for (const { entry, result, value, carrier, spans, names } of lines) {
    assert.deepEqual(result, { ok: false, reason: 'server' }, entry);
    assert.equal(value, 'string', entry);
    assert.deepEqual(carrier, {}, entry);
    assert.deepEqual(spans, [], entry);
    assert.deepEqual(names.toSorted(), promised, entry);
  }
});

for (const moduleResolution of ['bundler', 'nodenext']) {
  test(`its types serve a TypeScript project (${moduleResolution})`, async () => {
    const project = join(tarball.folder, `types-${moduleResolution}`);
    await cp(here('../types'), project, { recursive: true });
    const base = JSON.parse(await readFile(here('../../tsconfig.json'), 'utf8')).compilerOptions;
    const module = moduleResolution === 'bundler' ? 'esnext' : 'nodenext';
    const compilerOptions = { ...base, module, moduleResolution };
    await writeFile(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['*.ts'] }),
    );
    await must(`tsc ${moduleResolution}`, join(nodeBin, 'tsc'), ['-p', project], { cwd: project });
  });
}

inEveryBrowser({
  'imported as a native ES module, it fetches its wasm and traces': {
    url: () => `${servers.native.url}/native.html`,
    async check(outcome, told) {
      assertTraced(outcome, told);
      assert.deepEqual(outcome.names.toSorted(), await promisedNames());
      assert.deepEqual(outcome.violations, []);
      for (const file of ['dist/tracelink.wasm', 'dist/inspect.js'])
        assert.ok(servers.native.requested.includes(`/node_modules/tracelink/${file}`), file);
    },
  },
  'the inline entry needs no second request': {
    url: () => {
      servers.native.requested.length = 0;
      return `${servers.native.url}/inline.html`;
    },
    check(outcome, told) {
      assertTraced(outcome, told);
      const ours = servers.native.requested.filter((path) => path.includes('node_modules'));
      assert.deepEqual(ours, ['/node_modules/tracelink/dist/inline.js']);
    },
  },
  "built by Vite, it finds its wasm among the build's assets": {
    url: () => `${servers.vite.url}/index.html`,
    check(outcome, told) {
      assertTraced(outcome, told);
      for (const file of [/^\/assets\/.*\.wasm$/, /^\/assets\/inspect.*\.js$/])
        assert.ok(
          servers.vite.requested.some((path) => file.test(path)),
          String(file),
        );
    },
  },
  'bundled by esbuild, the inline entry traces': {
    url: () => `${servers.esbuild.url}/index.html`,
    check(outcome, told) {
      assertTraced(outcome, told);
      assert.ok(!servers.esbuild.requested.some((path) => path.endsWith('.wasm')));
    },
  },
  ...Object.fromEntries(
    ['native', 'inline'].map((name) => [
      `a policy that forbids wasm leaves the page alone (${name})`,
      {
        url: () => `${servers.strict.url}/${name}.html`,
        check(outcome, { printed, errors }) {
          assert.equal(outcome.ok, false);
          assert.equal(outcome.reason, 'csp');
          assert.equal(outcome.text, 'hello\n');
          assert.equal(outcome.value.answer, 42);
          assert.deepEqual(outcome.spans, []);
          assert.ok(outcome.violations.length <= 1, `violations: ${outcome.violations}`);
          // The browser's own report of the violation is all there may be.
          const ours = [...printed, ...errors].filter(
            (line) => !/content.security.policy/i.test(line),
          );
          assert.deepEqual(ours, []);
          assert.ok(!servers.strict.requested.some((path) => path.endsWith('.wasm')));
        },
      },
    ]),
  ),
});
