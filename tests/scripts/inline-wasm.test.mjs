// The inline entry's wasm string gives back every byte, whatever stands beside it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteString } from '../../scripts/build/inline-wasm.mjs';

function decoded(bytes) {
  // Through UTF-8, as the file is written and read.
  const source = Buffer.from(byteString(bytes)).toString('utf8');
  const text = new Function(`'use strict'; return ${source};`)();
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

test('every pair of bytes survives', () => {
  const pairs = new Uint8Array(2 * 256 * 256);
  for (let i = 0; i < 256 * 256; i++) pairs.set([i >> 8, i & 255], 2 * i);
  assert.deepEqual(decoded(pairs), pairs);
});

test('a zero byte before a digit is no octal escape', () => {
  const bytes = Uint8Array.of(0, 0x31, 0, 0, 0x39, 0x5c, 0x27, 0x0a, 0x0d, 0);
  assert.deepEqual(decoded(bytes), bytes);
});
