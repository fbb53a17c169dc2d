// Events as they are dispatched: synthetic ones, stopped ones, what throws, microtasks between listeners, returned promises.
import { connected, said } from '/page/sockets.js';

const microtasks = (see, label) => {
  queueMicrotask(() => see(label, 'microtask'));
  Promise.resolve().then(() => see(label, 'then'));
};

export const cases = {
  'a synthetic message': async (tools) => {
    const { see } = tools;
    const { socket } = await connected(tools);
    const heard = (event) =>
      see(event.data, event.isTrusted, event.origin, event.lastEventId, event.ports.length);
    socket.addEventListener('message', heard);
    socket.onmessage = heard;
    see(socket.dispatchEvent(new MessageEvent('message', { data: said('x'), origin: 'mine' })));
  },
  'a message event that is none': async (tools) => {
    const { see } = tools;
    const { socket } = await connected(tools);
    const heard = (event) => see(event.constructor.name, event.data, event.detail);
    socket.addEventListener('message', heard);
    socket.dispatchEvent(new Event('message'));
    socket.dispatchEvent(new CustomEvent('message', { detail: { traceparent: 'x' } }));
  },
  'an event within an event': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    let depth = 0;
    socket.addEventListener('message', (event) => {
      see('begin', depth, event.isTrusted);
      if (depth++ < 1) socket.dispatchEvent(new MessageEvent('message', { data: said('inner') }));
      see('end', event.isTrusted);
    });
    socket.addEventListener('message', (event) => see('second', event.isTrusted));
    await exchange('x');
  },
  'the same event dispatched again': async (tools) => {
    const { see, attempt } = tools;
    const { socket, exchange } = await connected(tools);
    let kept;
    socket.addEventListener('message', (event) => {
      see('heard', event.isTrusted);
      kept = event;
    });
    socket.addEventListener('message', (event) => {
      if (event.isTrusted) attempt('within', () => socket.dispatchEvent(event));
    });
    await exchange('x');
    attempt('afterwards', () => socket.dispatchEvent(kept));
    attempt('nothing', () => socket.dispatchEvent());
    attempt('no event', () => socket.dispatchEvent({ type: 'message' }));
  },
  stopImmediatePropagation: async (tools) => {
    const { see } = tools;
    const { socket } = await connected(tools);
    socket.addEventListener('message', () => see('first'));
    const came = new Promise((done) => {
      socket.onmessage = (event) => {
        see('on');
        event.stopImmediatePropagation();
        done();
      };
    });
    socket.addEventListener('message', () => see('never'));
    socket.send(said('x'));
    await came;
    await tools.turn();
  },
  'stopPropagation and preventDefault': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    socket.addEventListener('message', (event) => {
      event.stopPropagation();
      event.preventDefault();
      see(event.defaultPrevented, event.cancelable, event.bubbles, event.cancelBubble);
    });
    socket.addEventListener('message', () => see('second'));
    await exchange('x');
  },
  'a listener that throws is reported once, and the next one runs': async (tools) => {
    const { see, mine } = tools;
    const { socket, exchange } = await connected(tools);
    const why = mine('why');
    socket.addEventListener('message', () => {
      throw why;
    });
    socket.addEventListener('message', () => window.throwIt(why));
    socket.onmessage = () => window.throwIt(why);
    socket.addEventListener('message', () => see('next'));
    await exchange('x');
  },
  'errors of every kind': async (tools) => {
    const { mine } = tools;
    const { socket, exchange } = await connected(tools);
    const errors = [
      mine('an error'),
      mine('a dom exception', new DOMException('mine', 'DataError')),
      mine('an object', { message: 'mine' }),
    ];
    for (const error of [...errors, 'text', 5, undefined, null])
      socket.addEventListener('message', () => window.throwIt(error));
    await exchange('x');
  },
  'window.onerror': async (tools) => {
    const { see, mine } = tools;
    const { socket, exchange } = await connected(tools);
    const why = mine('why');
    window.onerror = (message, file, line, column, error) => {
      see('onerror', message, file, line, column, error);
      return true;
    };
    socket.addEventListener('message', () => window.throwIt(why));
    await exchange('x');
    window.onerror = null;
  },
  'an error in a synthetic event': async (tools) => {
    const { see, mine, attempt } = tools;
    const { socket } = await connected(tools);
    const why = mine('why');
    socket.addEventListener('message', () => window.throwIt(why));
    attempt('dispatch', () => socket.dispatchEvent(new MessageEvent('message')));
    see('after');
  },
  'a promise that is rejected': async (tools) => {
    const { mine, named } = tools;
    const { socket, exchange } = await connected(tools);
    const why = mine('why');
    socket.addEventListener('message', () => named('the promise', Promise.reject(why)));
    socket.onmessage = () => named('another', Promise.reject(why));
    await exchange('x');
  },
  'an async listener that throws': async (tools) => {
    const { mine, see } = tools;
    const { socket, exchange } = await connected(tools);
    const why = mine('why');
    socket.addEventListener('message', async () => {
      await null;
      see('awaited');
      throw why;
    });
    await exchange('x');
  },
  'a thenable that is returned is left alone': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    const thenable = {
      // biome-ignore lint/suspicious/noThenProperty: what is tested
      get then() {
        see('then is read');
        return () => see('then is called');
      },
    };
    socket.addEventListener('message', () => thenable);
    socket.onmessage = () => thenable;
    await exchange('x');
    see('over');
  },
  'microtasks run between listeners': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    for (const name of ['first', 'second'])
      socket.addEventListener('message', () => {
        see(name);
        microtasks(see, name);
      });
    socket.onmessage = () => {
      see('on');
      microtasks(see, 'on');
    };
    await exchange('x');
  },
  'and not between those of a synthetic event': async (tools) => {
    const { see } = tools;
    const { socket, turn } = await connected(tools).then((more) => ({ ...tools, ...more }));
    for (const name of ['first', 'second'])
      socket.addEventListener('message', () => {
        see(name);
        microtasks(see, name);
      });
    socket.dispatchEvent(new MessageEvent('message'));
    see('dispatched');
    await turn();
  },
  'an async listener and the next one': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    socket.addEventListener('message', async () => {
      see('first');
      await null;
      see('first, after a microtask');
      await null;
      see('first, after two');
    });
    socket.addEventListener('message', () => see('second'));
    await exchange('x');
  },
  'messages in the order in which they came': async (tools) => {
    const { W, see, socketUrl } = tools;
    const steps = ['1', '2', '3'].map((text) => ['send', said(text)]);
    const socket = new W(socketUrl('/script', [...steps, ['close', 1000]]));
    socket.addEventListener('message', ({ data }) => {
      see('message', JSON.parse(data).text);
    });
    await new Promise((done) => {
      socket.onclose = () => {
        see('close');
        done();
      };
    });
  },
  'a listener that calls what blocks nothing, and closes': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    socket.addEventListener('message', () => {
      socket.close(4000, 'in the listener');
      see(socket.readyState);
    });
    socket.addEventListener('message', () => see('second', socket.readyState));
    await exchange('x');
  },
  'currentTarget after the event': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    let kept;
    socket.addEventListener('message', async (event) => {
      kept = event;
      await null;
      see('in the microtask', event.currentTarget === socket, event.eventPhase);
    });
    await exchange('x');
    see(kept.currentTarget, kept.target === socket, kept.eventPhase);
  },
};
