// Each command of package.json starts on a bare clone: what needs npm packages is imported once they are there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { parse } from 'acorn';
import { root } from './source-tree.mjs';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const commands = Object.values(scripts).flatMap((line) => /^node (\S+\.mjs)/.exec(line)?.[1] ?? []);

/** The npm packages that a file and what it imports need before the first line runs. */
function packagesOf(url, seen) {
  if (seen.has(url)) return [];
  seen.add(url);
  const text = readFileSync(new URL(url), 'utf8');
  const { body } = parse(text, { ecmaVersion: 'latest', sourceType: 'module' });
  const names = body.flatMap(({ source }) => source?.value ?? []);
  return names.flatMap((name) => {
    if (name.startsWith('node:')) return [];
    if (name.startsWith('.')) return packagesOf(new URL(name, url).href, seen);
    return [`${name}, imported by ${url.slice(pathToFileURL(root).href.length)}`];
  });
}

test('commands start before there are npm packages', () => {
  assert.ok(commands.includes('scripts/start.mjs') && commands.includes('scripts/test.mjs'));
  const early = new Set(
    commands.flatMap((path) => packagesOf(pathToFileURL(join(root, path)).href, new Set())),
  );
  assert.deepEqual([...early], []);
});
