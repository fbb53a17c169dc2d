// The reader of wasm sections, on a module written by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wasmFunctions } from '../../scripts/size/wasm-functions.mjs';

const text = (value) => [value.length, ...Buffer.from(value)];
const section = (id, body) => [id, body.length, ...body];

const MODULE = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, [1, 0x60, 0, 0]),
  // One imported function and one imported memory: only the function takes an index.
  ...section(2, [2, ...text('m'), ...text('f'), 0, 0, ...text('m'), ...text('mem'), 2, 1, 1, 2]),
  ...section(3, [2, 0, 0]),
  ...section(10, [2, 2, 0, 0x0b, 4, 0, 0x01, 0x01, 0x0b]),
  ...section(11, [1, 0, 0x41, 0, 0x0b, 3, 1, 2, 3]),
  ...section(0, [...text('name'), 1, 11, 2, 1, ...text('one'), 2, ...text('two')]),
]);

test('functions have their names and sizes', () => {
  assert.ok(WebAssembly.validate(MODULE));
  assert.deepEqual(wasmFunctions(MODULE), {
    functions: [
      { name: 'one', bytes: 2 },
      { name: 'two', bytes: 4 },
    ],
    data: 9,
  });
});
