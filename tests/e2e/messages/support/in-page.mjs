// Scenarios of messages: a page with the package at `t`, a socket server at `host`, and what tests of messages say often.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { inEveryBrowser as inPages } from '../../shell/support/in-page.mjs';
import { startSockets } from './sockets.mjs';

/** Firefox reports sockets that a page leaves behind as errors of the page. */
const LEFT_BEHIND =
  /^(Firefox can’t establish a connection|The connection) to (the server at )?ws:/;

/** Defined in every page: carriers, sockets, waiting. */
function helpers(host) {
  const digits = (digit, length) => digit.toString(16).padStart(length, 'a');
  Object.assign(window, {
    host,
    U: (path) => `ws://${host}${path}`,
    L: host,
    sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
    ev: (target, type) =>
      new Promise((done) => target.addEventListener(type, done, { once: true })),
    th: (work) => {
      try {
        work();
        return 'no throw';
      } catch (error) {
        return error instanceof DOMException ? `${error.name}/DOMException` : error.name;
      }
    },
    traceId: (digit) => digits(digit, 32),
    spanId: (digit) => digits(digit, 16),
    traceparent: (digit, flags = '01') => `00-${digits(digit, 32)}-${digits(digit, 16)}-${flags}`,
    sentryTrace: (digit, end = '-1') => `${digits(digit, 32)}-${digits(digit, 16)}${end}`,
  });
  window.open = async (W, path = '/echo', protocols = []) => {
    const socket = new W(window.U(path), protocols);
    await window.ev(socket, 'open');
    return socket;
  };
  window.desc = async (W, data) => {
    const socket = await window.open(W, '/describe');
    socket.send(data);
    const { data: said } = await window.ev(socket, 'message');
    socket.close();
    return said;
  };
  /** Sends to an echo socket; resolves when all its listeners have run and the task after them. */
  window.exchange = async (socket, data) => {
    // Past the traced methods: this listener is not the page's.
    const listen = EventTarget.prototype.addEventListener.bind(socket, 'message');
    const came = new Promise((done) => listen(done, { once: true }));
    socket.send(data);
    await came;
    await window.sleep(10);
  };
  /** An open traced echo socket, as a function that sends to it. */
  window.echo = async (prepare, options) => {
    const native = new WebSocket(window.U('/echo'));
    const socket = window.t.traceWebSocket(native, options);
    await window.ev(socket, 'open');
    prepare(socket);
    return (data) => {
      const plain = typeof data === 'string' || ArrayBuffer.isView(data);
      return window.exchange(socket, plain ? data : JSON.stringify(data));
    };
  };
  window.spans = () => window.t.bufferedSpans();
  window.named = (start) => window.spans().filter(({ name }) => name.startsWith(start));
  /** Resolves when a span of that name has ended. */
  window.ended = async (name, count = 1) => {
    for (let waited = 0; waited < 15_000; waited += 20) {
      const found = window.spans().filter((span) => span.name === name);
      if (found.length >= count) return found;
      await window.sleep(20);
    }
    throw new Error(`no ${count} ${name} among ${window.spans().map((span) => span.name)}`);
  };
}

/** `concept` names what the scenarios are about. */
export function inEveryBrowser(concept, scenarios) {
  let sockets;
  before(async () => {
    sockets = await startSockets();
  });
  after(() => sockets?.stop());
  const prepared = Object.entries(scenarios).map(([name, scenario]) => [
    name,
    async (context) => {
      const { open, start, run } = context;
      const { host } = sockets;
      const thrown = () => context.thrown().filter((error) => !LEFT_BEHIND.test(error));
      await scenario({
        ...context,
        host,
        thrown,
        async open(parameters) {
          await open(parameters);
          await run(helpers, host);
        },
        async start(options, parameters) {
          await start(options, parameters);
          await run(helpers, host);
        },
      });
      assert.deepEqual(thrown(), [], 'thrown and not asked for');
    },
  ]);
  inPages({ [concept]: Object.fromEntries(prepared) });
}
