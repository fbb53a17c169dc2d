// The web app: the viewer and the demo page, in www/dist.
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';

// Not the one in node_modules/.bin: a test installs an older Vite beside this one, and either may own that name.
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');

export const www = {
  name: 'web app',
  seconds: 5,
  inputs: ['www', 'dist', 'pkg', 'js/types.d.ts', 'package.json', 'package-lock.json'],
  skip: ['www/dist'],
  outputs: ['www/dist/index.html'],
  build: () => must('web app', process.execPath, [vite, 'build'], { cwd: join(root, 'www') }),
};
