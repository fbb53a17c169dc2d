// The page of libraries that speak over sockets, each with those of tracelink.
import { createClient } from 'graphql-ws';
import ReconnectingWebSocket from 'reconnecting-websocket';
import { io, WebSocket as NativeTransport } from 'socket.io-client';
import { activeSpan, flush, init, stats, tracedWebSocket } from 'tracelink';
import { TracedTransport } from '../recipes/socket-io.js';

const settings = new URLSearchParams(location.search);
const { ok } = await init({ serviceName: 'sockets', endpoint: settings.get('collector') });

/** What the page heard, and in which trace. */
const heard = [];
const hear = (what, value) => heard.push({ what, value, traceId: activeSpan()?.traceId });

class PlainTransport extends NativeTransport {
  createSocket(url, protocols) {
    return protocols ? new tracedWebSocket(url, protocols) : new tracedWebSocket(url);
  }
}

let connection;

Object.assign(window, {
  flush,
  stats,
  heard,
  graphql() {
    connection = createClient({
      url: `ws://${settings.get('graphql')}/`,
      webSocketImpl: tracedWebSocket,
      retryAttempts: 0,
    });
    connection.subscribe(
      { query: 'subscription { order { id state } }' },
      {
        next: ({ data }) => hear('order', data.order),
        error: (error) => hear('error', String(error)),
        complete: () => hear('complete'),
      },
    );
  },
  reconnecting() {
    connection = new ReconnectingWebSocket(`ws://${location.host}/updates`, [], {
      WebSocket: tracedWebSocket,
      minReconnectionDelay: 1,
      maxReconnectionDelay: 10,
    });
    connection.addEventListener('open', () => hear('open'));
    connection.onmessage = ({ data }) => hear('order', JSON.parse(data));
    connection.addEventListener('close', () => hear('close'));
  },
  socketIo(traced) {
    connection = io(`ws://${settings.get('socketIo')}`, {
      transports: [traced ? TracedTransport : PlainTransport],
    });
    connection.on('connect', () => hear('connect'));
    connection.on('order', (order, answer) => {
      hear('order', order);
      answer?.(`got ${order.id}`);
    });
    connection.on('disconnect', (reason) => hear('disconnect', reason));
  },
  send: (...given) => connection.emit(...given),
  close: () => (connection.close ?? connection.dispose).call(connection),
  started: ok,
});
