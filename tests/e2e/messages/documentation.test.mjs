// The examples in docs/messages.md are the files that the tests run, to the letter; with --write they become so.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { root } from '../../../scripts/lib/paths.mjs';

const DOCUMENT = join(root, 'docs', 'messages.md');
const RECIPES = fileURLToPath(new URL('recipes', import.meta.url));
const BLOCK = /(<!-- ([\w-]+\.js) -->\n\n```js\n)(.*?)(```\n)/gs;

const recipe = (name) => readFileSync(join(RECIPES, name), 'utf8');
const text = readFileSync(DOCUMENT, 'utf8');

if (process.argv.includes('--write'))
  writeFileSync(
    DOCUMENT,
    text.replace(BLOCK, (_, before, name, __, after) => before + recipe(name) + after),
  );
else {
  const blocks = new Map(Array.from(text.matchAll(BLOCK), ([, , name, code]) => [name, code]));

  test('every example is documented, and every code block is an example', () => {
    assert.deepEqual([...blocks.keys()].toSorted(), readdirSync(RECIPES).toSorted());
    assert.equal(text.match(/^```\w+$/gm).length, blocks.size);
  });

  for (const [name, code] of blocks)
    test(`${name} stands in the document as it is run`, () => {
      assert.equal(
        code,
        recipe(name),
        'run: node tests/e2e/messages/documentation.test.mjs --write',
      );
    });
}
