// How stages are run: in order, those beside each other at once, and none whose need failed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runStages, summary } from '../../scripts/test/runner.mjs';

test('stages beside each other run at once, the others when those before have ended', async () => {
  const events = [];
  let arrive;
  const both = new Promise((resolve) => {
    arrive = resolve;
  });
  const stage = (name, more, work = async () => {}) => ({
    name,
    ...more,
    async run() {
      events.push(`${name} begins`);
      await work();
      events.push(`${name} ends`);
    },
  });
  const results = await runStages(
    [
      stage('first', {}),
      // Each would wait for ever without the other.
      stage('one', { beside: 'x' }, () => both),
      stage('other', { beside: 'x' }, async () => arrive()),
      stage('another', { beside: 'y' }),
      stage('last', {}),
    ],
    () => {},
  );
  assert.deepEqual(
    results.map(({ name, ok }) => [name, ok]),
    ['first', 'one', 'other', 'another', 'last'].map((name) => [name, true]),
  );
  assert.deepEqual(events.slice(0, 3), ['first begins', 'first ends', 'one begins']);
  assert.equal(events[3], 'other begins');
  assert.deepEqual(events.slice(4, 6).toSorted(), ['one ends', 'other ends']);
  assert.deepEqual(
    events.slice(6),
    ['another', 'last'].flatMap((n) => [`${n} begins`, `${n} ends`]),
  );
  assert.match(summary(results, 7.4), /\nall 5 stages passed in 7 s$/);
});

test('a stage that fails stops only those that need it', async () => {
  const said = [];
  const fails = () => Promise.reject(new Error('deliberate'));
  const passes = async () => 'a note';
  const results = await runStages(
    [
      { name: 'build', run: fails },
      { name: 'browsers', needs: ['build'], beside: 'x', run: passes },
      { name: 'lints', beside: 'x', run: passes },
    ],
    (line) => said.push(line.replace(/ in .*/, '')),
  );
  assert.deepEqual(
    results.map(({ name, ok, note }) => [name, ok, note]),
    [
      ['build', false, 'deliberate'],
      ['browsers', false, 'needs build'],
      ['lints', true, 'a note'],
    ],
  );
  assert.deepEqual(said.toSorted(), ['browsers: FAILED', 'build: FAILED', 'lints: passed']);
  assert.match(summary(results, 1), /\n2 of 3 stages failed in 1 s$/);
});
