// What is sent and received: types, binary types, sizes, bufferedAmount.
import { close, connected, said } from '/page/sockets.js';

const bytes = () => new Uint8Array([1, 2, 250, 0]);

/** What may be sent. */
const SENT = {
  'a text': () => 'text é 🎈',
  'half a character': () => 'a\ud800',
  'an empty text': () => '',
  'a typed array': bytes,
  'a part of one': () => bytes().subarray(1, 3),
  'a DataView': () => new DataView(bytes().buffer, 1, 2),
  'an ArrayBuffer': () => bytes().buffer,
  'an empty buffer': () => new ArrayBuffer(0),
  'a Blob': () => new Blob(['blob']),
  'an empty Blob': () => new Blob([]),
  floats: () => new Float32Array([1.5]),
  'a number': () => 42,
  'an object': () => ({ toString: () => 'as text' }),
  'an array': () => ['a', 1],
  null: () => null,
  undefined: () => undefined,
};

const echoed = Object.entries(SENT).map(([name, dataOf]) => [
  `sends ${name}`,
  async (tools) => {
    const { see } = tools;
    for (const binaryType of ['blob', 'arraybuffer']) {
      const { socket } = await connected(tools);
      socket.binaryType = binaryType;
      const came = new Promise((done) => {
        socket.onmessage = done;
      });
      see(socket.send(dataOf()));
      const { data } = await came;
      see(data instanceof Blob ? await data.text() : data);
      await close(socket);
    }
  },
]);

export const cases = {
  ...Object.fromEntries(echoed),
  'what cannot be sent': async (tools) => {
    const { attempt, mine } = tools;
    const { socket } = await connected(tools);
    const why = mine('why');
    const odd = {
      toString() {
        throw why;
      },
    };
    attempt('nothing', () => socket.send());
    attempt('a symbol', () => socket.send(Symbol('s')));
    attempt('what throws', () => socket.send(odd));
    attempt('two', () => socket.send('one', 'two'));
  },
  'binaryType: values, and when it counts': async (tools) => {
    const { see, attempt } = tools;
    const { socket, exchange } = await connected(tools);
    for (const value of ['arraybuffer', 'bogus', '', null, 'blob', 'Blob']) {
      attempt('set', () => {
        socket.binaryType = value;
      });
      see(value, socket.binaryType);
    }
    socket.addEventListener('message', ({ data }) => {
      see(data);
      socket.binaryType = 'arraybuffer';
    });
    await exchange(bytes());
    await exchange(bytes());
  },
  'data is the same for all listeners': async (tools) => {
    const { see, named } = tools;
    const { socket, exchange } = await connected(tools);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => named('data', data));
    socket.addEventListener('message', (event) =>
      see(event.data, event.data === Reflect.get(event, 'data')),
    );
    socket.onmessage = ({ data }) => see(data, new Uint8Array(data)[2]);
    await exchange(bytes());
  },
  'a buffer that a listener takes away': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => {
      see(data.byteLength);
      structuredClone(data, { transfer: [data] });
    });
    socket.addEventListener('message', ({ data }) => see(data.byteLength));
    await exchange(bytes());
  },
  'what an event carries beside its data': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    socket.onmessage = ({ origin, lastEventId, source, ports, data }) =>
      see(origin, lastEventId, source, ports, JSON.parse(data).text);
    await exchange(said('x'));
  },
  bufferedAmount: async (tools) => {
    const { see } = tools;
    const { socket } = await connected(tools);
    see(socket.bufferedAmount);
    socket.send('12345');
    socket.send('é');
    socket.send(bytes());
    see(socket.bufferedAmount);
    const closed = close(socket);
    socket.send('after');
    see(socket.bufferedAmount > 11);
    await closed;
    socket.send('closed');
    see(socket.bufferedAmount > 17);
  },
  'a large message': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    socket.onmessage = ({ data }) => see(data.length);
    await exchange(`{"traceparent":"x","text":"${'a'.repeat(300_000)}"}`);
  },
  'send while connecting and after the end': async (tools) => {
    const { W, attempt, socketUrl, see } = tools;
    const socket = new W(socketUrl('/unseen'));
    attempt('connecting', () => socket.send('x'));
    const closed = new Promise((done) => socket.addEventListener('close', done));
    socket.close();
    attempt('closing', () => socket.send('x'));
    await closed;
    attempt('closed', () => socket.send('x'));
    see(socket.readyState);
  },
  'messages that are no JSON, no text, no context': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => see(data);
    for (const data of ['{"traceparent":', '{"traceparent":5}', '{"_sentry":null}', bytes()])
      await exchange(data);
  },
};
