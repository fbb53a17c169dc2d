// The servers of libraries that speak over sockets, as their users run them: graphql-ws and Socket.IO.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';

const Order = new GraphQLObjectType({
  name: 'Order',
  fields: { id: { type: GraphQLString }, state: { type: GraphQLString } },
});

async function listening() {
  const server = createServer((_request, response) => response.writeHead(404).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, host: `127.0.0.1:${server.address().port}` };
}

/** Orders come as `send` is called; each result carries the context beside its payload. */
function serveGraphql(server, waiting) {
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { none: { type: GraphQLString } } }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: {
        order: {
          type: Order,
          async *subscribe() {
            for (;;) {
              const order = await new Promise((resolve) => waiting.push(resolve));
              if (!order) return;
              yield { order };
            }
          },
        },
      },
    }),
  });
  const sockets = new WebSocketServer({ server });
  let carrier;
  // biome-ignore lint/correctness/useHookAtTopLevel: no hook of React
  useServer(
    {
      schema,
      jsonMessageReplacer: (key, value) =>
        key === '' && value.type === 'next' ? { ...value, ...carrier } : value,
    },
    sockets,
  );
  return {
    clients: sockets.clients,
    send(order, context) {
      carrier = context;
      waiting.shift()?.(order);
    },
  };
}

export async function startSocketServers() {
  const [graphqlServer, socketIoServer] = [await listening(), await listening()];
  const waiting = [];
  const graphql = serveGraphql(graphqlServer.server, waiting);
  const socketIo = new Server(socketIoServer.server, { transports: ['websocket'] });
  return {
    graphql: graphqlServer.host,
    socketIo: socketIoServer.host,
    /** Subscriptions of graphql-ws that wait for an order. */
    waiting,
    sendGraphql: graphql.send,
    /** To all clients of Socket.IO; the answers that they give. */
    emit: (...given) => socketIo.timeout(5000).emitWithAck(...given),
    connected: () => socketIo.engine.clientsCount,
    async stop() {
      for (const socket of graphql.clients) socket.terminate();
      await socketIo.close();
      graphqlServer.server.closeAllConnections();
      graphqlServer.server.close();
      await once(graphqlServer.server, 'close');
    },
  };
}
