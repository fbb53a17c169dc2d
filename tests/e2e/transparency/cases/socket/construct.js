// Making a socket: URLs, protocols, what is refused, and that each argument is read once.

const URLS = {
  'no URL': '',
  'an invalid URL': 'ws://[',
  'an http URL': `http://${location.host}/echo`,
  'a relative URL': '/echo',
  'another scheme': 'ftp://127.0.0.1/',
  'a fragment': `ws://${location.host}/echo#part`,
  'an empty fragment': `ws://${location.host}/echo#`,
  'upper case and default port': 'WS://LOCALHOST:80/A/../B',
  credentials: `ws://user:secret@${location.host}/echo`,
  'a blocked port': 'ws://127.0.0.1:25/',
  'a port that is none': 'ws://127.0.0.1:99999/',
  'spaces around': `  ws://${location.host}/echo  `,
  umlauts: `ws://${location.host}/écho?ä=ö`,
  null: null,
  'a number': 5,
};

const PROTOCOLS = {
  one: 'one',
  'an empty text': '',
  'an empty list': [],
  two: ['one', 'two'],
  'the same twice': ['one', 'one'],
  'the same twice in another case': ['one', 'ONE'],
  'a space': 'a b',
  'a comma': 'a,b',
  'beyond ASCII': 'é',
  undefined: undefined,
  null: null,
  'a number': 5,
  numbers: [1, 2],
  'an object': {},
  'a list in a list': [['one']],
};

const made = (see, label, work) => {
  try {
    const socket = work();
    see(label, socket.url, socket.readyState, socket.protocol, socket.extensions);
    socket.onerror = () => {};
    socket.close();
  } catch (error) {
    see(`${label} threw`, error);
  }
};

const urls = Object.entries(URLS).map(([name, url]) => [
  `URL: ${name}`,
  ({ W, see }) => made(see, 'made', () => new W(url)),
]);

const protocols = Object.entries(PROTOCOLS).map(([name, protocol]) => [
  `protocols: ${name}`,
  ({ W, see, socketUrl }) => made(see, 'made', () => new W(socketUrl('/unseen'), protocol)),
]);

const opened = (socket) =>
  new Promise((done) => {
    socket.addEventListener('open', done, { once: true });
    socket.addEventListener('close', done, { once: true });
  });

const closed = async (socket) => {
  const over = new Promise((done) => socket.addEventListener('close', done, { once: true }));
  socket.close();
  return over;
};

export const cases = {
  ...Object.fromEntries([...urls, ...protocols]),
  'arguments are read once, in order': async ({ W, see, socketUrl }) => {
    const url = {
      toString() {
        see('url');
        return socketUrl('/echo');
      },
    };
    const protocol = {
      get [Symbol.iterator]() {
        see('iterator');
        return function* names() {
          see('first');
          yield 'one';
          yield {
            toString() {
              see('second');
              return 'two';
            },
          };
          see('end');
        };
      },
    };
    const socket = new W(url, protocol);
    see('made');
    await opened(socket);
    see(socket.protocol);
    await closed(socket);
  },
  'a list that is changed afterwards': async ({ W, see, socketUrl }) => {
    const names = ['one', 'two'];
    const socket = new W(socketUrl('/echo', undefined, { choose: 'last' }), names);
    names.push('three');
    await opened(socket);
    see(socket.protocol, socket.extensions);
    await closed(socket);
  },
  'a URL that throws, protocols that throw': ({ W, socketUrl, mine, attempt }) => {
    const why = mine('why');
    const fail = () => {
      throw why;
    };
    attempt('url', () => new W({ toString: fail }));
    attempt('protocol', () => new W(socketUrl('/unseen'), { toString: fail }));
    attempt('iterator', () => new W(socketUrl('/unseen'), { [Symbol.iterator]: fail }));
    attempt('symbol', () => new W(Symbol('s')));
  },
  'too few and too many arguments': ({ W, see, attempt, socketUrl }) => {
    attempt('none', () => new W());
    made(see, 'three', () => new W(socketUrl('/unseen'), 'one', { more: true }));
  },
  'a URL object, and one of another realm': ({ W, see, socketUrl, frame }) => {
    made(see, 'own', () => new W(new URL(socketUrl('/unseen'))));
    const { URL: Theirs } = frame();
    made(see, 'theirs', () => new W(new Theirs(socketUrl('/unseen'))));
  },
  'Reflect.construct': ({ W, see, socketUrl }) => {
    const socket = Reflect.construct(W, [socketUrl('/unseen')]);
    see(socket instanceof W, socket.constructor.name);
    socket.close();
    class Other {}
    const other = Reflect.construct(W, [socketUrl('/unseen')], Other);
    see(other instanceof Other, other instanceof W);
    Reflect.get(WebSocket.prototype, 'readyState', other);
    WebSocket.prototype.close.call(other);
  },
  'new.target in a subclass, and what its constructor sees': ({ W, see, socketUrl }) => {
    class Own extends W {
      #secret = 5;
      field = 'field';
      constructor(...args) {
        super(...args);
        see(new.target === Own, this.field, this.#secret, this.readyState);
      }
      get secret() {
        return this.#secret;
      }
    }
    const socket = new Own(socketUrl('/unseen'));
    see(socket.secret, socket instanceof Own, Object.keys(socket), socket.constructor === Own);
    socket.close();
  },
  'a subclass of a subclass': ({ W, see, socketUrl }) => {
    class One extends W {
      send(data) {
        see('one sends', data);
      }
    }
    class Two extends One {
      send(data) {
        super.send(`two ${data}`);
      }
    }
    const socket = new Two(socketUrl('/unseen'));
    socket.send('text');
    see(socket instanceof One, socket instanceof W, Object.getPrototypeOf(Two) === One);
    socket.close();
  },
  'a subclass that reads its own url': ({ W, see, socketUrl, attempt }) => {
    class Own extends W {
      #prefix = 'own ';
      get url() {
        see('url is read');
        return this.#prefix + super.url;
      }
    }
    attempt('made', () => {
      const socket = new Own(socketUrl('/unseen'));
      see(socket.url);
      socket.close();
    });
  },
  'a class that only inherits its prototype': ({ W, see, attempt, socketUrl }) => {
    function Old(url) {
      return Reflect.construct(W, [url], Old);
    }
    Object.setPrototypeOf(Old.prototype, W.prototype);
    attempt('made', () => {
      const socket = new Old(socketUrl('/unseen'));
      see(socket instanceof Old, socket instanceof W, socket.readyState);
      socket.close();
    });
  },
  'the requests that arrive': async ({ W, socketUrl }) => {
    for (const names of [undefined, 'one', ['one', 'two']]) {
      const socket = new W(socketUrl('/echo'), names);
      await opened(socket);
      await closed(socket);
    }
    return 'compared at the server';
  },
  'a server that refuses': async ({ W, see, socketUrl }) => {
    const socket = new W(socketUrl('/refused'));
    for (const type of ['open', 'error', 'close'])
      socket.addEventListener(type, ({ code, reason, wasClean }) =>
        see(type, code, reason, wasClean, socket.readyState),
      );
    await new Promise((done) => socket.addEventListener('close', done));
  },
};
