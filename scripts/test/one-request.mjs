// A proxy through which a browser asks one thing at a time, over a connection of its own, and loopback only.
import { Agent, createServer, request } from 'node:http';

/** Starts it and gives its port. What does not answer is a connection that ends, as without a proxy. */
export async function oneRequestProxy() {
  const agent = new Agent({ maxSockets: 1 });
  const server = createServer((asked, answer) => {
    const giveUp = () => answer.destroy();
    const target = URL.canParse(asked.url) && new URL(asked.url);
    if (target?.hostname !== '127.0.0.1') return giveUp();
    const { method } = asked;
    const headers = { ...asked.headers, connection: 'close' };
    const forwarded = request(target, { method, headers, agent }, (response) => {
      answer.writeHead(response.statusCode, response.headers);
      response.on('error', giveUp).pipe(answer);
    });
    forwarded.on('error', giveUp);
    asked.pipe(forwarded);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return { port: server.address().port, close: () => server.close() };
}
