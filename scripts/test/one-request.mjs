// A proxy through which a browser asks one thing at a time, over one connection, and this machine only.
import { Agent, createServer, request } from 'node:http';

/** Starts it and gives its port. What does not answer is a connection that ends, as without a proxy. */
export async function oneRequestProxy() {
  const agent = new Agent({ maxSockets: 1 });
  const server = createServer((asked, answer) => {
    const giveUp = () => answer.destroy();
    const target = URL.canParse(asked.url) && new URL(asked.url);
    if (target?.hostname !== '127.0.0.1') return giveUp();
    const { method } = asked;
    // The next request that waits takes the connection over; without one it is closed.
    const headers = { ...asked.headers, connection: 'keep-alive' };
    const forwarded = request(target, { method, headers, agent }, (response) => {
      answer.writeHead(response.statusCode, response.headers);
      response.on('error', giveUp).pipe(answer);
    });
    forwarded.on('error', giveUp);
    // What the browser called off would keep the connection for itself.
    answer.on('close', () => answer.writableFinished || forwarded.destroy());
    asked.pipe(forwarded);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return { port: server.address().port, close: () => server.close() };
}
