// Sockets for cases: connected ones, and messages with a context, so that the traced ones make spans of them.

/** A message with a context. */
export const said = (text) =>
  JSON.stringify({ text, traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` });

/** Past the methods that are observed. */
const natively = (socket, type) =>
  new Promise((done) => {
    EventTarget.prototype.addEventListener.call(socket, type, done, { once: true });
  });

/** An open socket that gets back what it sends, until the case is over, and what sends there and waits for the echo. */
export async function connected({ W, socketUrl, turn, sockets }, path = '/echo', protocols = []) {
  const socket = new W(socketUrl(path), protocols);
  sockets.push(socket);
  await natively(socket, 'open');
  const exchange = async (data) => {
    const came = natively(socket, 'message');
    const isText = typeof data === 'string' && !data.startsWith('{');
    socket.send(isText ? said(data) : data);
    await came;
    await turn();
  };
  return { socket, exchange };
}

/** Closes a socket and waits until it is. */
export async function close(socket, ...args) {
  const closed = natively(socket, 'close');
  WebSocket.prototype.close.apply(socket, args);
  return closed;
}
