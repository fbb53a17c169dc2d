// onmessage and its siblings: what is read back, when it is called, and in which place.
import { connected, said } from '/page/sockets.js';

export const cases = {
  'what is set is read back': async (tools) => {
    const { see, named, attempt } = tools;
    const { socket } = await connected(tools);
    const given = {
      function: named('function', () => {}),
      arrow: named('async', async () => {}),
      object: named('object', { handleEvent() {} }),
      class: named('class', class {}),
      proxy: named('proxy', new Proxy(() => {}, {})),
      bound: named('bound', (() => {}).bind(null)),
      null: null,
      undefined: undefined,
      number: 5,
      text: 'text',
      symbol: Symbol('s'),
      array: named('array', []),
    };
    for (const name of ['onmessage', 'onopen'])
      for (const [kind, value] of Object.entries(given)) {
        attempt(kind, () => {
          socket[name] = value;
        });
        see(name, kind, socket[name]);
      }
  },
  'it is called with the event, on the socket': async (tools) => {
    const { see, named } = tools;
    const { socket, exchange } = await connected(tools);
    named('socket', socket);
    socket.onmessage = function handler(...args) {
      see(this, args.length, args[0].currentTarget, args[0].isTrusted, args[0] === window.event);
    };
    await exchange('x');
  },
  'replaced, its place stays; null and set again, it goes to the end': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    socket.addEventListener('message', () => see('first'));
    socket.onmessage = () => see('on');
    socket.addEventListener('message', () => see('last'));
    await exchange('1');
    socket.onmessage = () => see('on, replaced');
    await exchange('2');
    socket.onmessage = null;
    await exchange('3');
    socket.onmessage = () => see('on again');
    await exchange('4');
  },
  'replaced while the event is dispatched': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    socket.addEventListener('message', () => {
      socket.onmessage = () => see('new');
    });
    socket.onmessage = () => see('old');
    await exchange('1');
    socket.addEventListener('message', () => see('between'), { once: true });
    socket.onmessage = null;
    await exchange('2');
  },
  'taken away while the event is dispatched': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    socket.addEventListener('message', () => {
      socket.onmessage = null;
      see('taken away');
    });
    socket.onmessage = () => see('on');
    await exchange('1');
    see(socket.onmessage);
  },
  'the same function as handler and listener': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    const both = () => see('both');
    socket.onmessage = both;
    socket.addEventListener('message', both);
    await exchange('1');
    socket.removeEventListener('message', both);
    see(socket.onmessage === both);
    await exchange('2');
    socket.onmessage = null;
    await exchange('3');
  },
  'objects are no handlers': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    socket.onmessage = { handleEvent: () => see('wrong') };
    await exchange('1');
    socket.onmessage = () => see('right');
    socket.onmessage = 5;
    await exchange('2');
    see(socket.onmessage);
  },
  'one handler for two sockets': async (tools) => {
    const { see } = tools;
    const [one, two] = [await connected(tools), await connected(tools)];
    const handler = ({ target }) => see(target === one.socket);
    for (const { socket } of [one, two]) socket.onmessage = handler;
    see(one.socket.onmessage === two.socket.onmessage);
    await one.exchange('1');
    await two.exchange('2');
    two.socket.onmessage = one.socket.onmessage;
    await two.exchange('3');
  },
  'what it returns': async (tools) => {
    const { see } = tools;
    const { socket } = await connected(tools);
    for (const value of [false, true, undefined, 'text', 0]) {
      socket.onmessage = () => value;
      const event = new MessageEvent('message', { cancelable: true });
      see(value, socket.dispatchEvent(event), event.defaultPrevented);
    }
    await tools.turn();
  },
  'set before the socket is open': async (tools) => {
    const { W, see, socketUrl } = tools;
    const socket = new W(socketUrl('/script', [['send', said('at once')]]));
    const seen = new Promise((done) => {
      socket.onmessage = (event) => done(JSON.parse(event.data).text);
      socket.onopen = () => see('open', socket.readyState);
    });
    see(await seen);
  },
  'set in onopen, the first message is not missed': async (tools) => {
    const { W, see, socketUrl } = tools;
    const socket = new W(socketUrl('/script', [['send', said('at once')]]));
    const seen = new Promise((done) => {
      socket.onopen = () => {
        socket.onmessage = (event) => done(JSON.parse(event.data).text);
      };
    });
    see(await seen);
  },
  'set with Object.assign, read in a destructuring': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    const onmessage = () => see('heard');
    Object.assign(socket, { onmessage });
    const { onmessage: read } = socket;
    see(read === onmessage, Object.keys(socket));
    await exchange('x');
  },
  'onopen, onerror and onclose in their order': async (tools) => {
    const { W, see, socketUrl } = tools;
    const socket = new W(
      socketUrl('/script', [
        ['send', said('x')],
        ['close', 1000, 'over'],
      ]),
    );
    await new Promise((done) => {
      for (const name of ['onopen', 'onmessage', 'onerror', 'onclose'])
        socket[name] = (event) => {
          see(name, event.type, event.code, event.reason, socket.readyState);
          if (name === 'onclose') done();
        };
    });
  },
  'a class field of a subclass': async (tools) => {
    const { W, see, socketUrl } = tools;
    class Own extends W {
      onmessage = () => see('a field is no handler');
      onopen = null;
    }
    const socket = new Own(socketUrl('/echo'));
    see(typeof socket.onmessage, Object.keys(socket).sort());
    socket.dispatchEvent(new MessageEvent('message'));
    await new Promise((done) => socket.addEventListener('open', done));
    tools.sockets.push(socket);
  },
};
