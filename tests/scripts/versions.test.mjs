// Comparing versions, and what set-up says when one is too old.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atLeast } from '../../scripts/setup/prerequisites.mjs';

test('versions compare by number, part by part', () => {
  assert.ok(atLeast('20.19.0', '20.19.0'));
  assert.ok(atLeast('20.20.2', '20.19.0'));
  assert.ok(atLeast('1.100.0', '1.95.0'));
  assert.ok(atLeast('22.0.0', '20.19.0'));
  assert.ok(!atLeast('18.20.4', '20.19.0'));
  assert.ok(!atLeast('1.94.9', '1.95.0'));
  assert.ok(!atLeast('20.19', '20.19.1'));
});
