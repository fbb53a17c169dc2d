// docs/backends.md, the README and the examples say the same, and the examples stay as short as they are said to be.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../../../../scripts/lib/paths.mjs';
import { TRACE_HEADERS } from '../harness/preflight.mjs';

const LONGEST = 60;
const FOLDER = 'examples/backends';

const read = (path) => readFileSync(join(root, path), 'utf8');
const lines = (text) => text.trimEnd().split('\n');

/** Every code block that names the file it was taken from: { path, code }. */
function* quotes(document) {
  const marked = /^<!-- (\S+) -->\n```\w+\n([\s\S]*?)^```$/gm;
  for (const [, path, code] of read(document).matchAll(marked)) yield { path, code };
}

for (const [document, least] of [
  ['docs/backends.md', 15],
  ['README.md', 1],
  ['docs/scaling.md', 1],
])
  test(`the lines of an example in ${document} are lines of that example`, () => {
    const found = [...quotes(document)];
    assert.ok(found.length >= least, `${found.length} blocks`);
    for (const { path, code } of found) {
      const source = lines(read(path)).map((line) => line.trim());
      for (const line of lines(code))
        assert.ok(source.includes(line.trim()), `${path} has no line ${line.trim()}`);
    }
  });

/** The example's own code, and what it imports from its neighbours. */
function sourcesOf(example) {
  const own = readdirSync(join(root, FOLDER, example), { recursive: true })
    .map((name) => `${FOLDER}/${example}/${name}`)
    .filter((path) => /\.(mjs|py|rs)$/.test(path));
  const borrowed = own.flatMap((path) =>
    Array.from(read(path).matchAll(/^import '\.\.\/(.+)';$/gm), ([, name]) => `${FOLDER}/${name}`),
  );
  return [...own, ...borrowed];
}

const examples = readdirSync(join(root, FOLDER)).filter((name) => name !== 'page');

test(`each example has at most ${LONGEST} lines, and docs/backends.md names it`, () => {
  assert.ok(examples.length >= 5, `examples: ${examples}`);
  const docs = read('docs/backends.md');
  for (const example of examples) {
    const paths = sourcesOf(example);
    const count = paths.reduce((sum, path) => sum + lines(read(path)).length, 0);
    assert.ok(count > 0 && count <= LONGEST, `${paths.join(' and ')}: ${count} lines`);
    assert.ok(docs.includes(`/${example}/`), example);
  }
});

test('docs/backends.md names the headers that a preflight has to allow', () => {
  const header = read('docs/backends.md').match(/^Access-Control-Allow-Headers: (.*)$/m)?.[1];
  assert.deepEqual(header?.split(', '), TRACE_HEADERS);
});
