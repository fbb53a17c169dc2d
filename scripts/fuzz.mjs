// npm run fuzz: looks for input that breaks a parser; -- --target NAME --seconds N --seed N.
import { parseArgs } from 'node:util';
import { fuzz, TARGETS } from './fuzz/index.mjs';
import { main } from './lib/step.mjs';

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true },
    seconds: { type: 'string', default: '10' },
    seed: { type: 'string' },
  },
});
await main(() => fuzz({ ...values, targets: values.target ?? Object.keys(TARGETS) }));
