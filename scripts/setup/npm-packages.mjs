// The npm packages of the lock file, in node_modules.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';

/** npm writes this file last, so that it is missing while an installation is incomplete. */
const INSTALLED = join(root, 'node_modules', '.package-lock.json');

const packagesOf = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

function isComplete() {
  if (!existsSync(INSTALLED)) return false;
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const present = packagesOf(INSTALLED);
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = present[path];
    if (!found) return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return found.version === entry.version && existsSync(join(root, path));
  });
}

export const npmPackages = {
  name: 'npm packages',
  seconds: 30,
  isThere: isComplete,
  install: () =>
    must(
      'npm packages',
      'npm',
      ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
      {
        cwd: root,
        remedy: 'Check the network and that package-lock.json matches package.json.',
      },
    ),
};
