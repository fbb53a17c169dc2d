// Arranging a wasm module changes neither what it exports nor what that does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import binaryen from 'binaryen';
import { arrangedWasm } from '../../scripts/build/arrange/wasm.mjs';

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
  (func (export "whole") (param $x f64) (result i32)
    (i32.trunc_sat_f64_u (local.get $x)))
)`;

const source = binaryen.parseText(TEXT);
source.setFeatures(binaryen.Features.All);
const MODULE = source.emitBinary();

function outcome(bytes) {
  const logged = [];
  const module = new WebAssembly.Module(bytes);
  const { exports } = new WebAssembly.Instance(module, { a: { log: (x) => logged.push(x) } });
  const { copy, memory, name, total, whole } = exports;
  const results = [name(0), name(1), name(2), total(3), total(40), copy(32), whole(1e99), logged];
  return [...results, new TextDecoder().decode(new Uint8Array(memory.buffer, 0, 128))];
}

test('the exports are the same and do the same', () => {
  const before = outcome(MODULE);
  assert.deepEqual(before.slice(0, 4), [124, 23, 3, 912.5], 'the module does what it says');
  assert.deepEqual(outcome(arrangedWasm(MODULE)), before);
});

test('the same module gives the same bytes, and never more of them after gzip', () => {
  const arranged = arrangedWasm(MODULE);
  assert.deepEqual(arrangedWasm(MODULE), arranged);
  assert.notDeepEqual(new Uint8Array(arranged), MODULE);
  const packed = (bytes) => gzipSync(bytes, { level: 9 }).length;
  assert.ok(packed(arranged) < packed(MODULE));
});

test('a module that names functions where nobody looks is refused', () => {
  const other = binaryen.parseText(
    '(module (import "a" "log" (func $log)) (func $run) (start $run) (table 1 funcref) (elem (i32.const 0) $run))',
  );
  assert.throws(() => arrangedWasm(other.emitBinary()), /section 8 cannot be arranged/);
});
