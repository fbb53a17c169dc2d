// The collector's release binary, in cargo's target folder. cargo itself knows what is up to date.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cargoTarget, root } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';

const suffix = process.platform === 'win32' ? '.exe' : '';
export const collectorBinary = join(cargoTarget, 'release', `tracelink-collector${suffix}`);

export const collector = {
  name: 'collector',
  seconds: 150,
  isThere: () => existsSync(collectorBinary),
  build: () =>
    must('collector', 'cargo', ['build', '--release', '-p', 'tracelink-collector'], { cwd: root }),
};
