// Sends state updates to every page, in batches, each update with the context of its own span.
import { context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { WebSocketServer } from 'ws';
import { carriersOf } from './carriers.mjs';

/** Most updates in one message. */
const BATCH = 500;
/** A page that reads nothing for this many bytes is cut off; it reconnects and reloads the list. */
const MOST_UNREAD_BYTES = 1024 * 1024;
/** At the end, a page that does not hang up is cut off. */
const GOODBYE_MS = 500;

/**
 * @param {import('node:http').Server} server
 * @param {{
 *   path: string,
 *   destination: string,
 *   delayMs: number,
 *   environment: string,
 *   mayListen?: (request: import('node:http').IncomingMessage) => boolean,
 *   carry?: typeof carriersOf,
 * }} options `mayListen`: whose pages may; `carry`: the context that an update carries
 */
export function openBroadcast(server, options) {
  const { path, destination, delayMs, environment } = options;
  const { mayListen = isSameOrigin, carry = carriersOf } = options;
  const tracer = trace.getTracer('examples.broadcast');
  const sockets = new WebSocketServer({
    server,
    path,
    maxPayload: 4096,
    verifyClient: (/** @type {{ req: import('node:http').IncomingMessage }} */ { req }) =>
      mayListen(req),
  });
  // The HTTP server's errors reach it too; whoever listens on the server reports them.
  sockets.on('error', () => {});
  sockets.on('connection', (socket) => socket.on('error', () => socket.terminate()));

  /** @type {{ update: object, span: import('@opentelemetry/api').Span }[]} */
  let queue = [];
  /** @type {NodeJS.Timeout | undefined} */
  let timer;

  /**
   * @param {string} type
   * @param {unknown} data
   */
  function publish(type, data) {
    const parent = context.active();
    const span = tracer.startSpan(`send ${destination}`, {
      kind: SpanKind.PRODUCER,
      attributes: {
        'messaging.system': 'websocket',
        'messaging.operation.type': 'send',
        'messaging.operation.name': 'send',
        'messaging.destination.name': destination,
        'update.type': type,
      },
    });
    const update = { type, data, timestamp: Date.now(), ...carry(span, parent, environment) };
    queue.push({ update, span });
    // The timer serves every request of the batch: it belongs to none of their traces.
    timer ??= context.with(ROOT_CONTEXT, () => setTimeout(send, delayMs));
  }

  function send() {
    clearTimeout(timer);
    timer = undefined;
    const waiting = queue;
    queue = [];
    for (let start = 0; start < waiting.length; start += BATCH) {
      const batch = waiting.slice(start, start + BATCH);
      const receivers = sendToAll(JSON.stringify({ updates: batch.map(({ update }) => update) }));
      for (const { span } of batch) {
        span.setAttribute('messaging.batch.message_count', batch.length);
        span.setAttribute('update.receivers', receivers);
        span.end();
      }
    }
  }

  /** @param {string} message */
  function sendToAll(message) {
    let receivers = 0;
    for (const socket of sockets.clients) {
      if (socket.readyState !== socket.OPEN) continue;
      if (socket.bufferedAmount > MOST_UNREAD_BYTES) {
        socket.terminate();
        continue;
      }
      socket.send(message);
      receivers += 1;
    }
    return receivers;
  }

  return {
    publish,
    close() {
      send();
      for (const socket of sockets.clients) {
        socket.close(1001);
        setTimeout(() => socket.terminate(), GOODBYE_MS).unref();
      }
      sockets.close();
    },
  };
}

/**
 * Browsers let any page open a socket anywhere; only our own page may listen.
 * @param {import('node:http').IncomingMessage} request
 */
function isSameOrigin({ headers }) {
  if (headers.origin === undefined) return true;
  try {
    return new URL(headers.origin).host === headers.host;
  } catch {
    return false;
  }
}
