// What the class and its sockets look like: constants, names, prototypes, properties.

const open = (W, url) =>
  new Promise((done) => {
    const socket = new W(url);
    socket.addEventListener('open', () => done(socket), { once: true });
  });

export const cases = {
  'static constants': ({ W, see }) => {
    for (const name of ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'])
      see(name, W[name], Object.getOwnPropertyDescriptor(W, name), name in W);
    see(W.UNKNOWN);
  },
  'names of the class': ({ W, see }) => {
    see(W.name, W.length, typeof W, Object.prototype.toString.call(W));
    see(Reflect.ownKeys(W).map(String).sort(), Object.keys(W));
    see(Object.getOwnPropertyDescriptor(W, 'prototype').writable, Object.isFrozen(W));
    see(/\[native code\]/.test(Function.prototype.toString.call(W)), `${W.prototype}`);
  },
  prototypes: ({ W, see }) => {
    see(W.prototype === WebSocket.prototype, Object.getPrototypeOf(W) === EventTarget);
    see(Object.getPrototypeOf(W.prototype) === EventTarget.prototype);
    see(Reflect.ownKeys(W.prototype).map(String));
    see(W.prototype[Symbol.toStringTag], W.prototype.constructor.name);
  },
  'instanceof, both ways': ({ W, see, socketUrl }) => {
    const socket = new W(socketUrl('/unseen'));
    see(socket instanceof W, socket instanceof WebSocket, socket instanceof EventTarget);
    see(
      {} instanceof W,
      null instanceof W,
      Object.prototype.isPrototypeOf.call(W.prototype, socket),
    );
    see(W[Symbol.hasInstance](socket), Object.getPrototypeOf(socket) === W.prototype);
    see(new EventTarget() instanceof W, Object.create(W.prototype) instanceof W);
    const native = new WebSocket(socketUrl('/unseen'));
    see(native instanceof W);
    for (const each of [socket, native]) each.close();
  },
  'what a socket is as text': ({ W, see, socketUrl }) => {
    const socket = new W(socketUrl('/unseen'));
    see(`${socket}`, JSON.stringify(socket), Object.prototype.toString.call(socket));
    see(Object.keys(socket), Object.entries({ ...socket }), Object.isExtensible(socket));
    see(socket.constructor.name, typeof socket, socket[Symbol.toStringTag]);
    socket.close();
  },
  'properties, in a loop': ({ W, see, socketUrl }) => {
    const socket = new W(socketUrl('/unseen'));
    const found = [];
    for (const key in socket) found.push(key);
    see(found.sort());
    see(['onmessage', 'addEventListener', 'send', 'mine'].map((key) => key in socket));
    socket.close();
  },
  'own properties': ({ W, see, socketUrl }) => {
    const socket = new W(socketUrl('/unseen'));
    see(Reflect.ownKeys(socket).sort());
    socket.close();
  },
  'methods of a socket': ({ W, see, socketUrl }) => {
    const socket = new W(socketUrl('/unseen'));
    for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent', 'send'])
      see(
        name,
        socket[name].name,
        socket[name].length,
        /\[native code\]/.test(Function.prototype.toString.call(socket[name])),
        'prototype' in socket[name],
      );
    socket.close();
  },
  'methods without their socket, on another, not as constructors': (tools) => {
    const { W, see, socketUrl, attempt } = tools;
    const socket = new W(socketUrl('/unseen'));
    const { addEventListener, removeEventListener, send } = socket;
    attempt('send', () => send('x'));
    attempt('add', () => new addEventListener('message', () => {}));
    const target = new EventTarget();
    const seen = () => see('called');
    addEventListener.call(target, 'message', seen);
    target.dispatchEvent(new Event('message'));
    removeEventListener.call(target, 'message', seen);
    target.dispatchEvent(new Event('message'));
    attempt('on nothing', () => addEventListener.call({}, 'message', seen));
    socket.close();
  },
  'accessors without their socket': ({ W, see, socketUrl, attempt }) => {
    const socket = new W(socketUrl('/unseen'));
    const child = Object.create(socket);
    attempt('get', () => child.onmessage);
    attempt('set', () => {
      child.onmessage = () => {};
    });
    attempt('other', () => child.onopen);
    see(socket.onmessage);
    socket.close();
  },
  'own properties of the page': ({ W, see, socketUrl }) => {
    const socket = new W(socketUrl('/unseen'));
    socket.mine = 1;
    socket.isAlive = true;
    see(Object.keys(socket), delete socket.mine, Object.keys(socket), delete socket.onmessage);
    see(socket.onmessage, typeof socket.addEventListener);
    Object.defineProperty(socket, 'readyState', { value: 7 });
    see(socket.readyState);
    WebSocket.prototype.close.call(socket);
  },
  'a method that the page puts in its place': ({ W, see, socketUrl }) => {
    const socket = new W(socketUrl('/unseen'));
    const own = (type) => see('own', type);
    socket.addEventListener = own;
    see(socket.addEventListener === own);
    socket.addEventListener('message', () => {});
    socket.close();
  },
  'a prototype that the page changes later': ({ W, see, socketUrl }) => {
    const socket = new W(socketUrl('/unseen'));
    const { addEventListener: real } = EventTarget.prototype;
    EventTarget.prototype.addEventListener = function own(type, ...rest) {
      see('changed', type, rest.length);
      return real.call(this, type, ...rest);
    };
    const heard = () => see('heard');
    socket.addEventListener('message', heard, { once: true });
    EventTarget.prototype.addEventListener = real;
    socket.dispatchEvent(new MessageEvent('message'));
    socket.dispatchEvent(new MessageEvent('message'));
    socket.close();
  },
  'a subclass with its own methods for listeners': ({ W, see, socketUrl }) => {
    class Own extends W {
      addEventListener(type, ...rest) {
        see('own add', type, rest.length);
        super.addEventListener(type, ...rest);
      }
      removeEventListener(type, ...rest) {
        see('own remove', type, rest.length);
        super.removeEventListener(type, ...rest);
      }
      get onmessage() {
        return 'own';
      }
      set onmessage(value) {
        see('own set', typeof value);
      }
    }
    const socket = new Own(socketUrl('/unseen'));
    const heard = () => see('heard');
    socket.addEventListener('message', heard);
    socket.dispatchEvent(new MessageEvent('message'));
    socket.removeEventListener('message', heard);
    socket.dispatchEvent(new MessageEvent('message'));
    socket.onmessage = heard;
    see(socket.onmessage);
    socket.close();
  },
  'a socket of another realm': async ({ W, see, socketUrl, frame }) => {
    const inner = frame();
    const socket = new inner.WebSocket(socketUrl('/unseen'));
    see(socket instanceof W, Object.prototype.toString.call(socket));
    socket.close();
  },
  'constants and states of a socket': async ({ W, see, socketUrl }) => {
    const socket = await open(W, socketUrl('/echo'));
    see(socket.readyState, socket.OPEN, socket.CLOSED, socket.binaryType, socket.bufferedAmount);
    for (const name of ['url', 'readyState', 'OPEN', 'protocol', 'bufferedAmount'])
      see(name, Reflect.set(socket, name, 'changed'), typeof socket[name]);
    const closed = new Promise((done) => socket.addEventListener('close', done));
    socket.close();
    see(socket.readyState);
    await closed;
    see(socket.readyState);
  },
  frozen: ({ W, see, socketUrl, attempt }) => {
    const socket = Object.freeze(new W(socketUrl('/unseen')));
    see(Object.isFrozen(socket), Object.isSealed(socket));
    attempt('onmessage', () => {
      socket.onmessage = () => see('heard');
    });
    socket.addEventListener('message', () => see('listener'));
    socket.dispatchEvent(new MessageEvent('message'));
    socket.close();
  },
};
