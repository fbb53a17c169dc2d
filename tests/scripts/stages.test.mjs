// Which stages a run has: all that need no asking, or those that are named with what they need.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectStages } from '../../scripts/test/stages.mjs';

const all = [
  { name: 'build' },
  { name: 'native' },
  { name: 'e2e', needs: ['build'] },
  { name: 'axum', onRequest: true },
  { name: 'backends', needs: ['build', 'axum'], onRequest: true },
];
const names = (wanted) => selectStages(all, wanted).map((stage) => stage.name);

test('without names, every stage but those that run only on request', () => {
  assert.deepEqual(names([]), ['build', 'native', 'e2e']);
});

test('a name brings what it needs, in order', () => {
  assert.deepEqual(names(['e2e']), ['build', 'e2e']);
  assert.deepEqual(names(['back', 'native']), ['build', 'native', 'axum', 'backends']);
});

test('a wrong name lists the right ones', () => {
  assert.throws(
    () => names(['nothing']),
    /there is no stage nothing\. Stages: build, .*backends\./,
  );
});
