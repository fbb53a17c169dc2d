// A real WebSocket server and an event stream, with the paths that the probes of tests/conformance/websocket_transparency.json use.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

/** What a connection to each path meets. */
const PATHS = {
  '/': () => {},
  /** Sends back what comes. */
  '/echo': (socket) =>
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
  /** Sends a text and three bytes at once. */
  '/hello': (socket) => {
    socket.send('hello');
    socket.send(Buffer.from([1, 2, 3]));
  },
  /** Answers with what was received. */
  '/describe': (socket) =>
    socket.on('message', (data, bin) =>
      socket.send(JSON.stringify({ bin, hex: data.toString('hex') })),
    ),
  '/srvclose': (socket) => socket.close(4001, 'bye'),
  '/kill': (socket) => setTimeout(() => socket.terminate(), 300),
};

/** Sends the events that the query names, each as `type data`. With `resume` it sends one at a time, each with its number as id, and ends. */
function stream(url, request, response) {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'access-control-allow-origin': '*',
    'cache-control': 'no-store',
  });
  const write = (event, more = '') => {
    const [type, ...data] = event.split(' ');
    response.write(`${more}event: ${type}\ndata: ${data.join(' ')}\n\n`);
  };
  const events = url.searchParams.getAll('event');
  if (!url.searchParams.has('resume')) {
    for (const event of events) write(event);
    return;
  }
  const next = Number(request.headers['last-event-id'] ?? -1) + 1;
  // Past the last one it stays open.
  if (next >= events.length) return;
  write(events[next], `retry: 1\nid: ${next}\n`);
  response.end();
}

export async function startSockets() {
  const server = createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname === '/events') return stream(url, request, response);
    return response.writeHead(404).end();
  });
  const sockets = new WebSocketServer({ server, handleProtocols: ([first]) => first });
  sockets.on('connection', (socket, request) => {
    socket.on('error', () => {});
    PATHS[new URL(request.url, 'http://localhost').pathname]?.(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  return {
    host: `127.0.0.1:${port}`,
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
