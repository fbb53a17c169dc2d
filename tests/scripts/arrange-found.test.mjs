// What a search found is searched once: the text that keeps it gives the same file again, whatever happened to it.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { arranged } from '../../scripts/build/arrange/found.mjs';
import { javascriptArrangement } from '../../scripts/build/arrange/javascript.mjs';
import { packed } from '../../scripts/build/arrange/search.mjs';
import { linesByName, wandered } from './support/arrangements.mjs';

const folder = mkdtempSync(join(tmpdir(), 'tracelink-arranged-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const FUNCTIONS = ['aa', 'bb', 'cc', 'dd', 'ee', 'ff', 'gg', 'hh'].map(
  (name, at) => `function ${name}(e,t){return[e,t,${at}${at % 2 ? ',e.length' : ',t.name'}]}`,
);
const module = (functions) => `${functions.join('')}export{aa as one,hh as other};`;
const MODULE = module(FUNCTIONS);

/** Arranges and tells how many steps were searched. */
function build(path, code = MODULE, steps = 2000) {
  let searched = 0;
  const arrangementOf = (file) => {
    const arrangement = javascriptArrangement(file);
    const change = (...args) => {
      searched++;
      return arrangement.change(...args);
    };
    return { ...arrangement, steps, change };
  };
  return { text: arranged(code, arrangementOf, path), searched };
}

test('a file is searched once, and comes out the same from what was kept', () => {
  const path = join(folder, 'once.txt');
  const first = build(path);
  assert.equal(first.searched, 2000);
  assert.ok(packed(first.text) < packed(MODULE));
  const kept = readFileSync(path, 'utf8');
  assert.deepEqual(build(path), { text: first.text, searched: 0 });
  assert.equal(readFileSync(path, 'utf8'), kept);
});

test('another file, other steps, or a text that is not what was written are searched, and kept anew', () => {
  const path = join(folder, 'stale.txt');
  const { text } = build(path);
  const kept = readFileSync(path, 'utf8');
  const lines = kept.split('\n');
  const other = module(FUNCTIONS.with(3, 'function dd(e){return e}'));
  assert.equal(build(path, other).searched, 2000);
  assert.equal(build(path, other).searched, 0);
  writeFileSync(path, kept);
  assert.equal(build(path, MODULE, 10).searched, 10);
  const broken = [
    '',
    '\0\xff',
    lines.slice(0, 1).join('\n'),
    lines.toSpliced(4, 1).join('\n'),
    lines.toSpliced(3, 2, lines[4], lines[3]).join('\n'),
    lines.toSpliced(2, 0, '<<<<<<< HEAD').join('\n'),
  ];
  for (const content of broken) {
    writeFileSync(path, content);
    const again = build(path);
    assert.equal(again.searched, 2000, content);
    assert.ok(packed(again.text) <= packed(MODULE));
    assert.deepEqual(build(path), { text: again.text, searched: 0 });
  }
  writeFileSync(path, kept);
  assert.deepEqual(build(path), { text, searched: 0 });
});

/** How many bytes the module takes in an arrangement that `from` starts with. */
const packedFrom = (code, lines) => {
  const { from, write } = javascriptArrangement(code);
  return packed(write(from(linesByName(lines))));
};

test('a search starts from what was kept for another version of the file', () => {
  const path = join(folder, 'start.txt');
  build(path);
  const other = module(FUNCTIONS.with(3, 'function dd(e){return e}'));
  assert.ok(packed(build(path, other, 0).text) < packedFrom(other, []));
});

test('what was kept and is no help is not where a search starts', () => {
  const path = join(folder, 'bad.txt');
  const arrangement = javascriptArrangement(MODULE);
  const bad = Array.from({ length: 50 }, (_, at) => arrangement.lines(wandered(arrangement, at)))
    .sort((one, other) => packedFrom(MODULE, one) - packedFrom(MODULE, other))
    .at(-1);
  assert.ok(packedFrom(MODULE, bad) > packedFrom(MODULE, []));
  writeFileSync(path, ['#', '0', ...bad].join('\n'));
  assert.ok(packed(build(path, MODULE, 0).text) <= packedFrom(MODULE, []));
});
