// All faults by name: { run(scene), browsers?, origins?, mayRepeat?, settles? }, and those quick enough for npm test.
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
};
