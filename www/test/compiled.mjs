// Imports a TypeScript module of the web app into a Node test.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** @param {string} path relative to www/src */
export async function compiled(path) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../src/${path}`, import.meta.url))],
    bundle: true,
    format: 'esm',
    write: false,
  });
  const code = Buffer.from(outputFiles[0].contents).toString('base64');
  return import(`data:text/javascript;base64,${code}`);
}
