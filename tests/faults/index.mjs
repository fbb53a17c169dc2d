// All faults by name: { run(scene), browsers?, origins?, mayRepeat?, settles? }, and those quick enough for npm test.
import { bounds } from './faults/bounds.mjs';
import { collector } from './faults/collector.mjs';
import { exit } from './faults/exit.mjs';
import { killed } from './faults/killed.mjs';
import { network } from './faults/network.mjs';
import { offline } from './faults/offline.mjs';
import { platform } from './faults/platform.mjs';
import { refused } from './faults/refused.mjs';

export const faults = {
  ...exit,
  ...killed,
  ...network,
  ...offline,
  ...refused,
  ...collector,
  ...platform,
  ...bounds,
};

/**
 * Those that npm test runs, in Chromium with the collector on another origin: a sample of what is quick, and shows in the
 * same way each time.
 */
export const QUICK = [
  'tab closed',
  'navigation',
  'back/forward cache',
  '503 for a while',
  'acknowledgement lost',
  'CORS refusal, then allowed',
  'CSP refusal',
  'database locked',
];
