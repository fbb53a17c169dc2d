// Bundles a file for a page that has the package at `t`: it becomes `window.recipe`.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The package is the one that the page has loaded. */
const tracelink = {
  name: 'tracelink',
  setup(to) {
    to.onResolve({ filter: /^tracelink$/ }, ({ path }) => ({ path, namespace: 'page' }));
    to.onLoad({ filter: /.*/, namespace: 'page' }, () => ({
      contents: 'module.exports = window.t',
    }));
  },
};

/** `file`: in the folder of the messages' tests. */
export async function bundle(file) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../${file}`, import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'recipe',
    jsx: 'automatic',
    footer: { js: 'window.recipe = recipe;' },
    define: {
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    plugins: [tracelink],
    logLevel: 'warning',
  });
  return outputFiles[0].text;
}
