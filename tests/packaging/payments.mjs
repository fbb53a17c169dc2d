// The backend that the README's lines talk to: prices, payments, and a socket that tells what was paid.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

/** `paid` fills with the `traceparent` of each payment. */
export async function startPayments() {
  const paid = [];
  const server = createServer((request, response) => {
    response.writeHead(request.method === 'POST' ? 202 : 200, {
      'content-type': 'application/json',
    });
    response.end('{}');
    if (request.method !== 'POST') return;
    const { traceparent } = request.headers;
    paid.push(traceparent);
    const update = JSON.stringify({ traceparent, text: 'Paid' });
    for (const socket of sockets.clients) socket.send(update);
  });
  const sockets = new WebSocketServer({ server, path: '/updates' });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    paid,
    url: `http://127.0.0.1:${server.address().port}`,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
