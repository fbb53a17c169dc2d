// Serves the pages of the bench, isolated from other origins so that their clocks are fine, and answers their requests.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const wasm = fileURLToPath(import.meta.resolve('tracelink/tracelink.wasm'));

/** Without both headers a browser rounds performance.now() to 100 us or more. */
const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cache-control': 'no-store',
};

/** Starts the server on a free port; `scripts` are bundles by page. */
export async function serve(scripts) {
  const bytes = readFileSync(wasm);
  const server = createServer((request, response) => {
    const answer = (type, body) => {
      response.writeHead(200, { 'content-type': type, ...ISOLATED }).end(body);
    };
    const { pathname } = new URL(request.url, 'http://localhost');
    const page = pathname.slice(1).replace(/\.(html|js)$/, '');
    request.resume();
    if (pathname === '/tracelink.wasm') answer('application/wasm', bytes);
    else if (pathname.startsWith('/api/')) answer('application/json', '{"ok":true}');
    else if (request.method === 'POST') answer('application/x-protobuf', '');
    else if (!scripts.has(page)) response.writeHead(404, ISOLATED).end();
    else if (pathname.endsWith('.js')) answer('text/javascript', scripts.get(page));
    else
      answer(
        'text/html',
        `<!doctype html><title>${page}</title><script type="module" src="/${page}.js"></script>`,
      );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
