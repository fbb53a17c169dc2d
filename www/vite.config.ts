// Builds the two pages, viewer and demo; in development it stands before a backend and a collector.
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const backend = process.env.BACKEND_URL ?? 'http://127.0.0.1:3000';
const collector = process.env.COLLECTOR_URL ?? 'http://127.0.0.1:4318';

/** The viewer shows what strangers sent; only in development does Vite need more than this. */
const viewerPolicy: Plugin = {
  name: 'viewer-content-security-policy',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler: (_html, { path }) =>
      path === '/index.html'
        ? [
            {
              tag: 'meta',
              attrs: {
                'http-equiv': 'Content-Security-Policy',
                content:
                  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'",
              },
              injectTo: 'head-prepend',
            },
          ]
        : [],
  },
};

/** The package promises that importing tracelink does nothing; importing a component defines it. */
const componentsHaveEffects: Plugin = {
  name: 'components-have-effects',
  transform: {
    filter: { id: /\/www\/src\/.*\.ts$/ },
    handler: () => ({ moduleSideEffects: true }),
  },
};

export default defineConfig({
  root: here('.'),
  base: './',
  plugins: [viewerPolicy, componentsHaveEffects],
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    target: ['chrome109', 'firefox115', 'safari16.4'],
    // Inlined files would need a policy that allows data: everywhere.
    assetsInlineLimit: 0,
    rolldownOptions: { input: { viewer: here('index.html'), demo: here('demo/index.html') } },
  },
  server: {
    proxy: {
      '/api/todos': backend,
      '/ws': { target: backend, ws: true },
      '/api': collector,
    },
  },
});
