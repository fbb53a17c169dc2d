// The end of a socket: codes, reasons, states, by whom, and what may not be said.
import { close, connected } from '/page/sockets.js';

const CODES = [1000, 3000, 3999, 4000, 4999];
const WRONG = [0, 999, 1001, 1005, 1006, 2999, 5000, 65536 + 1000, -1, NaN, '1000', null, {}];
const REASONS = ['', 'reason', 'é🎈', 'a'.repeat(123)];

const ours = CODES.map((code) => [
  `code ${code}`,
  async (tools) => {
    const { see } = tools;
    const { socket } = await connected(tools);
    const {
      code: got,
      reason,
      wasClean,
      constructor: type,
    } = await close(socket, code, `r ${code}`);
    see(got, reason, wasClean, type === CloseEvent, socket.readyState);
  },
]);

const theirs = [1000, 1001, 1011, 3000, 4001].map((code) => [
  `the server's code ${code}`,
  async ({ W, see, socketUrl }) => {
    const socket = new W(socketUrl('/script', [['close', code, 'theirs']]));
    const event = await new Promise((done) => {
      socket.onclose = done;
    });
    see(event.code, event.reason, event.wasClean, event.target === socket, event.isTrusted);
  },
]);

export const cases = {
  ...Object.fromEntries([...ours, ...theirs]),
  'codes that are refused': async (tools) => {
    const { attempt } = tools;
    const { socket } = await connected(tools);
    const closed = close(socket, 4000);
    for (const code of WRONG) attempt(String(code), () => socket.close(code));
    await closed;
  },
  reasons: async (tools) => {
    const { see, attempt } = tools;
    for (const reason of REASONS) {
      const { socket } = await connected(tools);
      see((await close(socket, 4000, reason)).reason === reason);
    }
    const { socket } = await connected(tools);
    attempt('too long', () => socket.close(4000, 'é'.repeat(62)));
    see(socket.readyState);
  },
  'twice, and after the end': async (tools) => {
    const { see, attempt } = tools;
    const { socket } = await connected(tools);
    const closed = close(socket, 4000, 'first');
    attempt('again', () => socket.close(4001, 'second'));
    const { code, reason } = await closed;
    see(code, reason);
    attempt('closed', () => socket.close());
  },
  'arguments are read as numbers and text, once': async (tools) => {
    const { see } = tools;
    const { socket } = await connected(tools);
    const closed = new Promise((done) => socket.addEventListener('close', done));
    socket.close(
      {
        valueOf() {
          see('code');
          return 4000;
        },
      },
      {
        toString() {
          see('reason');
          return 'text';
        },
      },
    );
    const { code, reason } = await closed;
    see(code, reason);
  },
  'while it connects': async ({ W, see, socketUrl }) => {
    const socket = new W(socketUrl('/unseen'));
    for (const type of ['open', 'error', 'close'])
      socket.addEventListener(type, ({ code, wasClean }) => see(type, code, wasClean));
    const closed = new Promise((done) => socket.addEventListener('close', done));
    socket.close(4000, 'early');
    see(socket.readyState);
    await closed;
  },
  'a connection that is dropped': async ({ W, see, socketUrl }) => {
    const socket = new W(socketUrl('/script', [['wait'], ['drop']]));
    const closed = new Promise((done) => socket.addEventListener('close', done));
    socket.addEventListener('open', () => socket.send('go'));
    for (const type of ['open', 'error', 'close'])
      socket.addEventListener(type, (event) =>
        see(type, event.constructor.name, event.code, event.wasClean, event.message),
      );
    await closed;
  },
  'a port where nobody listens': async ({ W, see }) => {
    const socket = new W('ws://127.0.0.1:1');
    const closed = new Promise((done) => {
      socket.onclose = done;
    });
    socket.onerror = ({ type, target }) => see(type, target === socket, socket.readyState);
    const { code, wasClean } = await closed;
    see(code, wasClean);
  },
  'handlers after the end': async (tools) => {
    const { see } = tools;
    const { socket } = await connected(tools);
    const heard = () => see('heard');
    socket.onmessage = heard;
    await close(socket, 4000);
    see(socket.onmessage === heard, socket.binaryType, socket.url.startsWith('ws:'));
    socket.dispatchEvent(new MessageEvent('message'));
    socket.onmessage = null;
    socket.dispatchEvent(new MessageEvent('message'));
  },
  'what comes before the close still comes': async ({ W, see, socketUrl }) => {
    const steps = [
      ['send', '1'],
      ['bytes', [2]],
      ['send', '3'],
      ['close', 1000, 'over'],
    ];
    const socket = new W(socketUrl('/script', steps));
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }) => see(data, socket.readyState);
    const { reason } = await new Promise((done) => {
      socket.onclose = done;
    });
    see(reason);
  },
  'a page that replaces WebSocket': async ({ W, see, socketUrl }) => {
    const Real = window.WebSocket;
    see(W.CLOSED, W.name);
    window.WebSocket = class Double extends Real {
      isDouble = true;
    };
    const socket = new W(socketUrl('/unseen'));
    window.WebSocket = Real;
    see(socket instanceof Real, socket.readyState);
    socket.close();
  },
};
