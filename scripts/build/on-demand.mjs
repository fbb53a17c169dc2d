// What a module imports with `import()` stays a file of its own beside it, under the name of its source.
import { basename } from 'node:path';

export const onDemand = {
  name: 'on-demand',
  setup(build) {
    build.onResolve({ filter: /^\.\/[\w-]+\.ts$/ }, ({ path, kind }) =>
      kind === 'dynamic-import'
        ? { path: `./${basename(path, '.ts')}.js`, external: true }
        : undefined,
    );
  },
};
