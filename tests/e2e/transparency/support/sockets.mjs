// The socket server: does what the URL's script says, and remembers what reached it.
import { WebSocketServer } from 'ws';

/** Steps of `do` in the query, each [what, value, more]; `wait` is for the page's next message. */
async function play(socket, steps, came) {
  let awaited = 0;
  for (const [what, value, more] of steps) {
    if (what === 'send') socket.send(value);
    if (what === 'bytes') socket.send(Buffer.from(value));
    if (what === 'close') socket.close(value, more);
    if (what === 'drop') socket.terminate();
    if (what === 'wait') await came(++awaited);
  }
}

/** Paths of the probes in tests/conformance/websocket_transparency.json. */
const SCRIPTS = {
  '/hello': [
    ['send', 'hello'],
    ['bytes', [1, 2, 3]],
  ],
  '/srvclose': [['close', 4001, 'bye']],
};

function connect(record, socket, request) {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const token = searchParams.get('k') ?? '';
  const { method: m, headers: h, rawHeaders: raw } = request;
  // Whether a socket that is closed at once gets here is a matter of luck.
  const kept = pathname === '/unseen' ? '' : token;
  const entry = record.begin(kept, { side: 'page', m, p: request.url, h, raw, body: [] });
  socket.on('error', () => {});
  socket.on('message', (data, isBinary) => {
    entry.body.push([
      isBinary ? 'bytes' : 'text',
      data.toString('latin1').slice(0, 200),
      data.length,
    ]);
    record.changed();
    if (pathname === '/echo') socket.send(data, { binary: isBinary });
    if (pathname === '/describe')
      socket.send(JSON.stringify({ bin: isBinary, hex: data.toString('hex') }));
  });
  socket.on('close', (code, reason) => {
    entry.end = [code, reason.toString()];
    record.changed();
  });
  if (pathname === '/kill') setTimeout(() => socket.terminate(), 300);
  const steps = SCRIPTS[pathname] ?? JSON.parse(searchParams.get('do') ?? '[]');
  play(socket, steps, (count) => record.until(() => entry.body.length >= count));
}

/** Takes the upgrades of a server; returns what ends all sockets. */
export function serveSockets(server, record) {
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered, { url }) =>
      url.includes('choose=last') ? [...offered].pop() : [...offered][0],
  });
  server.on('upgrade', (request, stream, head) => {
    if (request.url.startsWith('/refused')) {
      stream.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => connect(record, socket, request));
  });
  return () => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  };
}
