// The precise clock against a made-up machine that is busy between two readings, whose clocks drift apart and are set.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preciseClock } from './precise-start.mjs';

const EPOCH = 1_800_000_000_000;

/** A machine whose true time moves by `pause()` at every reading. @param {() => number} pause */
function machine(pause) {
  const state = { time: 0.25, set: 0, drift: 0 };
  const now = () => {
    state.time += pause();
    return state.time;
  };
  const wall = () => Math.floor(EPOCH + now() * (1 + state.drift) + state.set);
  return { state, clock: preciseClock(wall, now, EPOCH) };
}

/** Mostly microseconds, now and then as long as a machine is busy with something else. */
function busy() {
  let seed = 1;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % 7 === 0 ? seed % 40 : (seed % 1000) / 100_000;
  };
}

test('a machine that is busy between two readings moves no time back and none away', () => {
  const { state, clock } = machine(busy());
  let last = 0;
  for (let i = 0; i < 10_000; i += 1) {
    const from = EPOCH + state.time;
    const time = clock();
    assert.ok(time >= last, `${time} came after ${last}`);
    assert.ok(time >= from - 0.01 && time <= EPOCH + state.time, `${time} is not now`);
    last = time;
  }
});

test('a clock that drifts is followed, and no reading is before the one before it', () => {
  for (const drift of [1e-5, -1e-5]) {
    const { state, clock } = machine(() => 0.1);
    state.drift = drift;
    let last = 0;
    for (let i = 0; i < 1_000_000; i += 1) {
      const time = clock();
      assert.ok(time >= last);
      last = time;
    }
    assert.ok(Math.abs(last - (EPOCH + state.time * (1 + drift))) < 1.5, String(drift));
  }
});

test('a clock that somebody sets is followed at once', () => {
  for (const step of [-3_600_000, 3_600_000, -5, 5]) {
    const { state, clock } = machine(() => 0.001);
    clock();
    state.set = step;
    assert.ok(Math.abs(clock() - (EPOCH + state.time + step)) < 1.01, String(step));
  }
});
