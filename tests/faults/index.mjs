// All faults by name: { run(scene), browsers?, origins?, mayRepeat?, settles? }, and those quick enough for npm test.
import { exit } from './faults/exit.mjs';
import { killed } from './faults/killed.mjs';
import { network } from './faults/network.mjs';
import { offline } from './faults/offline.mjs';

export const faults = { ...exit, ...killed, ...network, ...offline };
