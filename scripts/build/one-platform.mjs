// The crate's glue imports copies of js/platform/ from pkg/snippets; the shell imports the originals. One instance serves both.
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';

export const onePlatform = {
  name: 'one-platform',
  setup(build) {
    build.onResolve({ filter: /\/snippets\/.+\/js\/platform\// }, ({ path }) => ({
      path: join(root, path.slice(path.indexOf('js/platform/'))),
    }));
  },
};
