// What comes from outside to JavaScript, a few thousand times with the same values in each run; `npm run fuzz` goes further.
import { test } from 'node:test';
import { run as runAnswers } from '../../fuzz/node/answers.mjs';
import { run as runOptions } from '../../fuzz/node/options.mjs';

test('any options are accepted, or refused by name', () => runOptions({ seed: 1, rounds: 5_000 }));

test('any answer of a collector is heard of once, in numbers', () =>
  runAnswers({ seed: 1, rounds: 3_000 }));
