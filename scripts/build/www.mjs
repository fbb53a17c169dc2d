// The web app: the viewer and the demo page, in www/dist.
import { join } from 'node:path';
import { nodeBin, root } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';

export const www = {
  name: 'web app',
  seconds: 5,
  inputs: ['www', 'dist', 'pkg', 'js/types.d.ts', 'package.json', 'package-lock.json'],
  skip: ['www/dist'],
  outputs: ['www/dist/index.html'],
  build: () => must('web app', join(nodeBin, 'vite'), ['build'], { cwd: join(root, 'www') }),
};
