// What the page of the long run talks to: it gets messages with a context, and asks for something small again and again.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../scripts/lib/paths.mjs';

const TYPES = { '.js': 'text/javascript', '.wasm': 'application/wasm' };
const PACKAGE = /^\/dist\/[\w-]+\.(js|wasm)$/;
const PAGE_SCRIPT = fileURLToPath(new URL('page.js', import.meta.url));
const TICK_MS = 50;

const hex = (bytes) => randomBytes(bytes).toString('hex');

/** About 500 bytes; `sentAt` is the wall's time. */
const message = (number) =>
  JSON.stringify({
    type: 'price',
    data: { number, price: number % 97, note: 'n'.repeat(300) },
    sentAt: Date.now(),
    traceparent: `00-${hex(16)}-${hex(8)}-01`,
    baggage: 'shop=north,user.tier=gold',
  });

/** Sends `rate` messages a second to a socket; those that a busy machine was late for follow at once. */
function feed(socket, rate) {
  const start = Date.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = ((Date.now() - start) / 1000) * rate;
    for (; sent < due; sent++) socket.send(message(sent));
  }, TICK_MS);
  socket.on('close', () => clearInterval(timer));
}

async function answer(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname.startsWith('/api/')) {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
  } else if (pathname === '/') {
    response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      .end(
        '<!doctype html><link rel="icon" href="data:,"><title>soak</title><output></output>' +
          '<script type="module" src="/page.js"></script>',
      );
  } else if (pathname === '/page.js' || PACKAGE.test(pathname)) {
    const file = pathname === '/page.js' ? PAGE_SCRIPT : join(root, pathname);
    response.writeHead(200, { 'content-type': TYPES[extname(file)] }).end(await readFile(file));
  } else {
    response.writeHead(404).end();
  }
}

/** Starts it on a free port: { origin, stop }. */
export async function serve({ messages }) {
  const { WebSocketServer } = await import('ws');
  const server = createServer(answer);
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => feed(socket, messages));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
