// Bundles a page of the bench the way a production build would, with `tracelink` imported by its name.
import { fileURLToPath } from 'node:url';

const pages = fileURLToPath(new URL('../pages', import.meta.url));

/** The page's script. Everything is built before anything is measured. */
export async function bundle(page) {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    entryPoints: [`${pages}/${page}.js`],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    conditions: ['production'],
    define: { 'process.env.NODE_ENV': '"production"', __SENTRY_DEBUG__: 'false' },
    logLevel: 'silent',
  });
  return outputFiles[0].text;
}
