// Holds the code blocks of a document to the files that the tests run, to the letter; with --write they become so.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { root } from '../../../scripts/lib/paths.mjs';

const BLOCK = /(<!-- ([\w-]+\.\w+) -->\n\n```\w+\n)(.*?)(```\n)/gs;

/** `document`: below docs/; its recipes are in the folder `recipes` beside the test at the URL `testUrl`. */
export function holdToRecipes(document, testUrl) {
  const path = join(root, 'docs', document);
  const recipes = fileURLToPath(new URL('recipes', testUrl));
  const recipe = (name) => readFileSync(join(recipes, name), 'utf8');
  const text = readFileSync(path, 'utf8');
  if (process.argv.includes('--write')) {
    const written = (_, before, name, __, after) => before + recipe(name) + after;
    writeFileSync(path, text.replace(BLOCK, written));
    return;
  }
  const blocks = new Map(Array.from(text.matchAll(BLOCK), ([, , name, code]) => [name, code]));

  test('every recipe is documented, and every code block is a recipe', () => {
    assert.deepEqual([...blocks.keys()].toSorted(), readdirSync(recipes).toSorted());
    assert.equal(text.match(/^```\w+$/gm).length, blocks.size);
  });

  for (const [name, code] of blocks)
    test(`${name} stands in the document as it is run`, () => {
      const here = relative(root, fileURLToPath(testUrl));
      assert.equal(code, recipe(name), `run: node ${here} --write`);
    });
}
