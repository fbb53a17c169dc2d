// The writer of wasm names, on a module written by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODULE, renamed } from '../../scripts/build/renamed.mjs';

const text = (value) => [value.length, ...Buffer.from(value)];
const section = (id, body) => [id, body.length, ...body];
const LONG = 'l'.repeat(100);

/** Imports a memory with a maximum, a table, a global and a function; exports two functions that return 7 and 8. */
const WASM = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, [1, 0x60, 0, 1, 0x7f]),
  ...section(2, [
    4,
    ...[...text('m'), ...text('mem'), 2, 1, 1, 2],
    ...[...text('m'), ...text('tab'), 1, 0x70, 0, 1],
    ...[...text('other'), ...text('glob'), 3, 0x7f, 0],
    ...[...text('m'), ...text('f'), 0, 0],
  ]),
  ...section(3, [2, 0, 0]),
  ...section(7, [2, ...text(LONG), 0, 1, ...text('kept'), 0, 2]),
  ...section(10, [2, 4, 0, 0x41, 7, 0x0b, 4, 0, 0x41, 8, 0x0b]),
]);

test('imports and exports get other names, in one place, and mean the same', () => {
  const bytes = renamed(WASM, {
    importName: (name) => `${name}2`,
    exportName: (name) =>
      name === LONG ? 'a' : 'a much longer name than there was before'.repeat(4),
  });
  const module = new WebAssembly.Module(bytes);
  assert.deepEqual(
    WebAssembly.Module.imports(module).map(({ module, name, kind }) => [module, name, kind]),
    [
      [MODULE, 'mem2', 'memory'],
      [MODULE, 'tab2', 'table'],
      [MODULE, 'glob2', 'global'],
      [MODULE, 'f2', 'function'],
    ],
  );
  const { exports } = new WebAssembly.Instance(module, {
    [MODULE]: {
      mem2: new WebAssembly.Memory({ initial: 1, maximum: 2 }),
      tab2: new WebAssembly.Table({ initial: 1, element: 'anyfunc' }),
      glob2: 1,
      f2: () => 0,
    },
  });
  assert.deepEqual(
    Object.values(exports).map((call) => call()),
    [7, 8],
  );
});

test('an export without a name is left out', () => {
  const bytes = renamed(WASM, {
    importName: (name) => name,
    exportName: (name) => (name === 'kept' ? 'b' : undefined),
  });
  assert.deepEqual(WebAssembly.Module.exports(new WebAssembly.Module(bytes)), [
    { name: 'b', kind: 'function' },
  ]);
});
