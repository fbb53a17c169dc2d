// Arranging a wasm module changes neither what it exports nor what that does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import binaryen from 'binaryen';
import { packed, search } from '../../scripts/build/arrange/search.mjs';
import { wasmArrangement } from '../../scripts/build/arrange/wasm.mjs';
import { garbled, linesByName, seeded, wandered } from './support/arrangements.mjs';

// Functions that call each other, locals of every type, every shape of operands that compilers write.
const TEXT = `(module
  (import "a" "log" (func $log (param f64)))
  (memory (export "memory") 1)
  (data (i32.const 8) "tracelink")
  (global $calls (mut i32) (i32.const 0))
  (func $count (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (global.get $calls))
  (func $sum (param $a i32) (param $b f64) (result f64)
    (local $i i32) (local $x f64) (local $j i32) (local $y f64) (local $k i64) (local $z f32)
    (local.set $j (i32.mul (local.get $a) (i32.const 300)))
    (local.set $y (f64.const 2.5))
    (local.set $z (f32.const 0.25))
    (local.set $k (i64.extend_i32_s (local.get $j)))
    (loop $again
      (local.set $x (f64.add (local.get $x) (f64.mul (local.get $b) (local.get $y))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (local.get $a))))
    (call $log (local.get $x))
    (f64.add (f64.promote_f32 (local.get $z))
      (f64.add (local.get $x) (f64.convert_i64_s (local.get $k)))))
  (func $name (export "name") (param $of i32) (result i32)
    (local $one i32) (local $two i32) (local $three i32)
    (block $c (block $b (block $a
      (br_table $a $b $c (local.get $of)))
      (local.set $one (i32.const 100)))
      (local.set $two (i32.const 20)))
    (local.set $three (select (i32.const 3) (i32.const 4) (local.get $of)))
    (i32.add (local.get $one) (i32.add (local.get $two) (local.get $three))))
  (func (export "copy") (param $to i32) (result i32)
    (local $from i32) (local $bytes i32)
    (local.set $from (i32.const 8))
    (local.set $bytes (i32.const 9))
    (memory.copy (local.get $to) (local.get $from) (local.get $bytes))
    (memory.fill (i32.const 64) (local.get $bytes) (i32.const 2))
    (i32.store8 offset=1 (local.get $to) (i32.const 82))
    (i32.load offset=3 align=1 (local.get $to)))
  (func (export "total") (param $n i32) (result f64)
    (f64.add (call $sum (local.get $n) (f64.const 1.5)) (f64.convert_i32_s (call $count))))
  (func (export "next") (param $x i32) (result i32)
    (i32.add (call $name (local.get $x)) (local.get $x)))
  (func (export "third") (param $x i32) (result i32)
    (i32.add (call $double (local.get $x)) (local.get $x)))
  (func $double (param $x i32) (result i32)
    (i32.mul (local.get $x) (i32.const 2)))
  (func (export "whole") (param $x f64) (result i32)
    (i32.trunc_sat_f64_u (local.get $x)))
)`;

function binary(text) {
  const source = binaryen.parseText(text);
  source.setFeatures(binaryen.Features.All);
  return source.emitBinary();
}

const MODULE = binary(TEXT);

function outcome(bytes) {
  const logged = [];
  const module = new WebAssembly.Module(bytes);
  const { exports } = new WebAssembly.Instance(module, { a: { log: (x) => logged.push(x) } });
  const { copy, memory, name, next, third, total, whole } = exports;
  const results = [name(0), name(1), name(2), total(3), total(40), copy(32), whole(1e99)];
  return [
    ...results,
    next(2),
    third(5),
    logged,
    new TextDecoder().decode(new Uint8Array(memory.buffer, 0, 128)),
  ];
}

test('no arrangement changes the exports or what they do', () => {
  const before = outcome(MODULE);
  assert.deepEqual(before.slice(0, 4), [124, 23, 3, 912.5], 'the module does what it says');
  const arrangement = wasmArrangement(MODULE);
  const lines = arrangement.lines(wandered(arrangement, 500));
  const texts = Array.from({ length: 60 }, (_, seed) => garbled(lines, seeded(seed + 1)));
  const states = [
    ...[0, 1, 2, 5, 20, 80, 300, 1000].map((steps) => wandered(arrangement, steps)),
    ...texts.map((text) => arrangement.from(linesByName(text))),
  ];
  for (const state of states) assert.deepEqual(outcome(arrangement.write(state)), before);
});

test('lines say all of an arrangement', () => {
  const arrangement = wasmArrangement(MODULE);
  for (const steps of [0, 10, 1000]) {
    const state = wandered(arrangement, steps);
    const again = arrangement.from(linesByName(arrangement.lines(state)));
    assert.deepEqual(arrangement.write(again), arrangement.write(state));
  }
});

test('lines of an earlier module hold for what it shares with this one', () => {
  const earlier = wasmArrangement(MODULE);
  const lines = earlier.lines(wandered(earlier, 1000));
  // A function more, before all the others, and one that says something else.
  const more = '(func (export "more") (result i32) (i32.const 7)) (func $count';
  const later = TEXT.replace('(func $count', more).replace('(i32.const 300)', '(i32.const 301)');
  const arrangement = wasmArrangement(binary(later));
  const kept = arrangement.lines(arrangement.from(linesByName(lines)));
  const shared = lines.filter((line) => kept.includes(line));
  assert.equal(shared.length, lines.length - 1);
  assert.ok(!shared.includes(kept[0]), 'what followed nothing still does');
  assert.deepEqual(
    kept.filter((line) => shared.includes(line)),
    shared,
    'in their order',
  );
});

test('the same start gives the same bytes, and never more of them after gzip', () => {
  const arrangement = wasmArrangement(MODULE);
  const [one, other] = [1, 2].map(() => {
    const start = arrangement.from(new Map());
    return arrangement.write(search(start, { ...arrangement, steps: 20_000 }));
  });
  assert.deepEqual(one, other);
  assert.notDeepEqual(new Uint8Array(one), MODULE);
  assert.ok(packed(one) < packed(MODULE));
});

test('a module that names functions where nobody looks is refused', () => {
  const other = binaryen.parseText(
    '(module (import "a" "log" (func $log)) (func $run) (start $run) (table 1 funcref) (elem (i32.const 0) $run))',
  );
  assert.throws(() => wasmArrangement(other.emitBinary()), /section 8 cannot be arranged/);
});
