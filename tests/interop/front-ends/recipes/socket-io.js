// Socket.IO: its packets are JSON behind digits, so it is told where the context is.

import { WebSocket as Transport } from 'socket.io-client';
import { traceWebSocket } from 'tracelink';

/** What was emitted, `["event", data]`, behind the packet's type; its data has the context. */
function dataOf(packet) {
  const [, json] = /^42[^[]*(\[.*)/s.exec(packet) ?? [];
  return json && JSON.parse(json)[1];
}

/** For `transports` of a client. */
export class TracedTransport extends Transport {
  createSocket(...given) {
    return traceWebSocket(super.createSocket(...given), { extract: dataOf });
  }
}
