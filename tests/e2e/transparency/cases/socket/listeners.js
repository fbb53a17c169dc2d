// Listeners of messages: order, identity, options, objects; as on a native socket.
import { connected, said } from '/page/sockets.js';

const say = (see, text) => () => see(text);

export const cases = {
  'in the order in which they were added': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    for (const name of ['first', 'second', 'third'])
      socket.addEventListener('message', say(see, name));
    await exchange('x');
  },
  'the same function twice is called once': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    const twice = say(see, 'twice');
    socket.addEventListener('message', twice);
    socket.addEventListener('message', say(see, 'between'));
    socket.addEventListener('message', twice);
    socket.addEventListener('message', twice, { passive: true, once: true });
    await exchange('1');
    await exchange('2');
  },
  'the same function for both phases is called twice': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    const both = (event) => see('both', event.eventPhase);
    socket.addEventListener('message', both, true);
    socket.addEventListener('message', both, { capture: false });
    await exchange('1');
    socket.removeEventListener('message', both);
    await exchange('2');
    socket.removeEventListener('message', both, { capture: true });
    await exchange('3');
  },
  'capture before the others': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    socket.addEventListener('message', say(see, 'bubble'));
    socket.addEventListener('message', say(see, 'capture'), true);
    socket.onmessage = say(see, 'on');
    await exchange('x');
  },
  'once, and added again': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    const once = () => {
      see('once');
      socket.addEventListener('message', again, { once: true });
    };
    const again = say(see, 'again');
    socket.addEventListener('message', once, { once: true });
    for (const text of ['1', '2', '3']) await exchange(text);
    socket.addEventListener('message', once, { once: true });
    socket.removeEventListener('message', once);
    await exchange('4');
  },
  'once that throws is gone all the same': async (tools) => {
    const { mine } = tools;
    const { socket, exchange } = await connected(tools);
    const why = mine('why');
    socket.addEventListener('message', () => window.throwIt(why), { once: true });
    await exchange('1');
    await exchange('2');
  },
  'a signal, before and during the event': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    const controller = new AbortController();
    const { signal } = controller;
    socket.addEventListener('message', say(see, 'never'), { signal: AbortSignal.abort() });
    socket.addEventListener('message', () => {
      see('calls off');
      controller.abort();
    });
    socket.addEventListener('message', say(see, 'with signal'), { signal });
    socket.addEventListener('message', say(see, 'captured'), { signal, capture: true });
    await exchange('1');
    await exchange('2');
  },
  'a signal that is none': async (tools) => {
    const { attempt } = tools;
    const { socket } = await connected(tools);
    attempt('null', () => socket.addEventListener('message', () => {}, { signal: null }));
    attempt('text', () => socket.addEventListener('message', () => {}, { signal: 'text' }));
  },
  'passive cannot prevent': async (tools) => {
    const { see } = tools;
    const { socket } = await connected(tools);
    const prevent = (event) => {
      event.preventDefault();
      see(event.defaultPrevented);
    };
    socket.addEventListener('message', prevent, { passive: true });
    see(socket.dispatchEvent(new MessageEvent('message', { cancelable: true })));
    socket.addEventListener('message', (event) => prevent(event));
    see(socket.dispatchEvent(new MessageEvent('message', { cancelable: true })));
  },
  'options are read once, in order': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    const options = {};
    for (const key of ['passive', 'once', 'capture', 'signal'])
      Object.defineProperty(options, key, {
        get() {
          see('read', key);
          return key === 'signal' ? undefined : key === 'once';
        },
      });
    socket.addEventListener('message', say(see, 'heard'), options);
    await exchange('1');
    await exchange('2');
  },
  'options that throw': async (tools) => {
    const { attempt, mine, see } = tools;
    const { socket, exchange } = await connected(tools);
    const why = mine('why');
    const options = {
      get capture() {
        throw why;
      },
    };
    attempt('add', () => socket.addEventListener('message', say(see, 'heard'), options));
    attempt('remove', () => socket.removeEventListener('message', say(see, 'heard'), options));
    await exchange('x');
  },
  'options of odd types': async (tools) => {
    const { see, attempt } = tools;
    const { socket, exchange } = await connected(tools);
    for (const options of [undefined, null, 0, 1, 'text', () => {}, Symbol('s'), []]) {
      const label = typeof options;
      attempt(label, () =>
        socket.addEventListener('message', (event) => see(label, event.eventPhase), options),
      );
    }
    await exchange('x');
  },
  'listeners that are none': async (tools) => {
    const { attempt } = tools;
    const { socket, exchange } = await connected(tools);
    for (const listener of [null, undefined, 5, 'text', true, Symbol('s')]) {
      attempt(`add ${typeof listener}`, () => socket.addEventListener('message', listener));
      attempt(`remove ${typeof listener}`, () => socket.removeEventListener('message', listener));
    }
    attempt('nothing', () => socket.addEventListener('message'));
    attempt('no type', () => socket.addEventListener());
    attempt('remove nothing', () => socket.removeEventListener('message'));
    await exchange('x');
  },
  'types that are read as text': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    const type = {
      toString() {
        see('type is read');
        return 'message';
      },
    };
    const heard = say(see, 'heard');
    socket.addEventListener(type, heard);
    await exchange('1');
    socket.removeEventListener(type, heard);
    socket.addEventListener(new String('message'), heard);
    socket.addEventListener('Message', heard);
    await exchange('2');
  },
  'removed while the event is dispatched': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    const later = say(see, 'later');
    socket.addEventListener('message', () => {
      see('first');
      socket.removeEventListener('message', later);
    });
    socket.addEventListener('message', later);
    socket.addEventListener('message', say(see, 'last'));
    await exchange('x');
  },
  'added while the event is dispatched': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    socket.addEventListener('message', () => {
      see('first');
      socket.addEventListener('message', say(see, 'added'), { once: true });
      socket.addEventListener('message', say(see, 'captured'), { once: true, capture: true });
    });
    await exchange('1');
    await exchange('2');
  },
  'removes itself': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    socket.addEventListener('message', function self() {
      see('self');
      socket.removeEventListener('message', self);
    });
    await exchange('1');
    await exchange('2');
  },
  'removed that was never there, and on another socket': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    const { socket: another } = await connected(tools);
    const heard = say(see, 'heard');
    socket.removeEventListener('message', heard);
    socket.addEventListener('message', heard);
    another.removeEventListener('message', heard);
    socket.removeEventListener('open', heard);
    await exchange('x');
  },
  'one function on two sockets and two types': async (tools) => {
    const { see } = tools;
    const [one, two] = [await connected(tools), await connected(tools)];
    const heard = (event) => see(event.type, event.target === one.socket);
    for (const { socket } of [one, two]) socket.addEventListener('message', heard);
    one.socket.addEventListener('own', heard);
    await one.exchange('1');
    await two.exchange('2');
    one.socket.dispatchEvent(new Event('own'));
    one.socket.removeEventListener('message', heard);
    one.socket.dispatchEvent(new Event('own'));
    await one.exchange('3');
  },
  'objects with handleEvent, looked up for each event': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    const object = {
      handleEvent(event) {
        see('first', this === object, event.type);
      },
    };
    socket.addEventListener('message', object);
    socket.addEventListener('message', object);
    await exchange('1');
    object.handleEvent = () => see('second');
    await exchange('2');
    Object.defineProperty(object, 'handleEvent', {
      get() {
        see('looked up');
        return () => see('third');
      },
    });
    await exchange('3');
    socket.removeEventListener('message', object);
    await exchange('4');
  },
  'objects without handleEvent': async (tools) => {
    const { see, mine } = tools;
    const { socket, exchange } = await connected(tools);
    const why = mine('why');
    socket.addEventListener('message', {});
    socket.addEventListener('message', { handleEvent: 5 });
    socket.addEventListener('message', {
      get handleEvent() {
        throw why;
      },
    });
    socket.addEventListener('message', say(see, 'the next is called'));
    await exchange('x');
  },
  'functions with a handleEvent of their own': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    const listener = Object.assign(say(see, 'called'), { handleEvent: say(see, 'wrong') });
    socket.addEventListener('message', listener);
    await exchange('x');
  },
  'what listeners are given': async (tools) => {
    const { see, named } = tools;
    const { socket, exchange } = await connected(tools);
    named('socket', socket);
    socket.addEventListener('message', function listener(...args) {
      see(this, args.length, args[0].target, args[0].currentTarget, args[0].composedPath());
      see(args[0] === window.event, args[0].isTrusted, args[0].eventPhase, args[0].type);
    });
    socket.addEventListener('message', (event) => see(this === undefined, event.constructor.name));
    await exchange(said('x'));
  },
  'one event object for all of them': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    const events = [];
    const keep = (event) => events.push(event);
    socket.addEventListener('message', keep);
    socket.onmessage = keep.bind(null);
    socket.addEventListener('message', { handleEvent: keep });
    await exchange(said('x'));
    see(new Set(events).size, events.length, events[0].currentTarget, events[0].target === socket);
    see(Reflect.ownKeys(events[0]), events[0].data === events[1].data, events[0].eventPhase);
  },
  'events of other types': async (tools) => {
    const { W, see, socketUrl } = tools;
    const socket = new W(socketUrl('/script', [['close', 4000, 'over']]));
    const heard = (event) => see(event.type, event.target === socket, event.isTrusted);
    for (const type of ['open', 'close', 'error', 'message']) socket.addEventListener(type, heard);
    socket.onopen = () => see('on');
    await new Promise((done) => {
      socket.onclose = done;
    });
    see(typeof socket.onclose, socket.onerror);
  },
  'a bound, an async and a class method': async (tools) => {
    const { see } = tools;
    const { socket, exchange } = await connected(tools);
    class Own {
      name = 'own';
      heard() {
        see(this.name);
      }
    }
    const own = new Own();
    socket.addEventListener('message', own.heard.bind(own));
    socket.addEventListener('message', async () => {
      see('sync part');
      await null;
      see('async part');
    });
    socket.addEventListener('message', function* never() {
      yield see('a generator is not run');
    });
    await exchange(said('x'));
  },
};
