// Runs one case and keeps everything that can be seen of it: values, order, console, errors, rejections, what the server got.
import { show } from './show.js';

const native = window.fetch.bind(window);
/** A case that is not over by then hangs; everything in it waits for something that happens. */
const PATIENCE_MS = 20_000;
const LEVELS = ['log', 'info', 'warn', 'error', 'debug'];
let count = 0;

/** The next task, and what the browser does between tasks: rejections that nobody handled are reported there. */
export const turn = () =>
  new Promise((done) => {
    // Between the messages of a port timers are not slowed down for being nested.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    setTimeout(() => port2.postMessage(0));
  });

/** What a case may use beside the function or class that is observed. */
function toolsFor(token, other, see, names) {
  const named = (name, object) => {
    names.set(object, name);
    return object;
  };
  const at = (path, parameters = {}) =>
    `${path}?${new URLSearchParams({ k: token, ...parameters })}`;
  const ask = async (what, parameters) => (await native(at(`/${what}`, parameters))).json();
  return {
    see,
    /** Gives an object the name under which it is seen. */
    named,
    at,
    other,
    elsewhere: (path, parameters) => other + at(path, parameters),
    arrived: (n = 1) => ask('arrived', { n }),
    received: (count) => ask('received', { bytes: count }),
    release: () => ask('release'),
    turn,
    /** Sees what a promise becomes. */
    async outcome(promise) {
      try {
        see('fulfilled', await promise);
      } catch (error) {
        see('rejected', error);
      }
    },
    /** Sees what a function returns or throws. */
    attempt(label, work) {
      try {
        see(label, work());
      } catch (error) {
        see(`${label} threw`, error);
      }
    },
    /** An error whose text is the page's own. */
    mine(name, error = new RangeError(name)) {
      window.own.add(error);
      return named(name, error);
    },
    /** The object, each access to which is seen. */
    watched(name, target) {
      const trap = (what) => (object, key, receiver) => {
        see(name, what, String(key));
        const self = what === 'get' && typeof object !== 'function' ? object : receiver;
        return Reflect[what](object, key, ...(what === 'get' ? [self] : []));
      };
      return new Proxy(target, {
        get: trap('get'),
        has: trap('has'),
        getOwnPropertyDescriptor: trap('getOwnPropertyDescriptor'),
        ownKeys(object) {
          see(name, 'ownKeys');
          return Reflect.ownKeys(object);
        },
      });
    },
    /** The window of a realm of its own. */
    frame() {
      const element = document.createElement('iframe');
      document.body.append(element);
      return element.contentWindow;
    },
    socketUrl: (path, steps, parameters = {}) => {
      const script = steps ? { do: JSON.stringify(steps) } : {};
      return `ws://${location.host}${at(path, { ...script, ...parameters })}`;
    },
  };
}

function listen(see, names) {
  const onError = (event) => {
    const { message, filename, lineno, colno, error } = event;
    const own = window.own.has(error);
    see('window error', error, ...(own ? [message, filename, lineno, colno] : []));
    event.preventDefault();
  };
  const onRejection = (event) => {
    see(event.type, event.reason, names.get(event.promise) ?? 'some promise');
    event.preventDefault();
  };
  addEventListener('error', onError);
  addEventListener('unhandledrejection', onRejection);
  addEventListener('rejectionhandled', onRejection);
  const printed = LEVELS.map((level) => console[level]);
  for (const level of LEVELS) console[level] = (...said) => see('console', level, ...said);
  return () => {
    LEVELS.forEach((level, index) => {
      console[level] = printed[index];
    });
    removeEventListener('error', onError);
    removeEventListener('unhandledrejection', onRejection);
    removeEventListener('rejectionhandled', onRejection);
  };
}

/** What differs between any two runs: tokens, ports, keys of handshakes, boundaries of forms. */
function normalised(value, token, other) {
  const text = JSON.stringify(value)
    .replaceAll(token, 'TOKEN')
    .replaceAll(other, 'OTHER')
    .replaceAll(new URL(other).host, 'OTHER')
    .replaceAll(location.host, 'PAGE')
    .replace(/-{2,}(WebKitFormBoundary|geckoformboundary)\w+/g, '--BOUNDARY')
    .replace(/(-{2,}|boundary=)(WebKit|gecko)?[Ff]orm[Bb]oundary\w+/g, 'BOUNDARY')
    .replace(/blob:http:\/\/PAGE\/[\w-]+/g, 'BLOB')
    .replace(/("[Ss]ec-[Ww]eb[Ss]ocket-[Kk]ey",")[^"]+/g, '$1KEY');
  return JSON.parse(text);
}

/**
 * The observations of one run. `how` is what the case gets under its name: { F } or { W }. What the window hears belongs
 * to a case that runs `alone`.
 */
export async function observe(run, how, other, alone) {
  const token = `k${(count++).toString(36)}x${Math.random().toString(36).slice(2)}`;
  const names = new Map();
  const seen = [];
  const sockets = [];
  let over = false;
  const see = (...values) => {
    if (!over) seen.push(values.map((value) => show(value, names)));
  };
  window.own = new Set();
  const stop = alone ? listen(see, names) : () => {};
  // A full buffer takes no more entries.
  performance.clearResourceTimings();
  window.currentToken = token;
  try {
    const hung = new Promise((_, reject) => {
      setTimeout(() => reject(new Error('not over in time')), PATIENCE_MS);
    });
    const tools = toolsFor(token, other, see, names);
    const result = await Promise.race([run({ ...tools, ...how, sockets }), hung]);
    if (result !== undefined) see('result', result);
  } catch (error) {
    see('the case threw', error, String(error));
  }
  await turn();
  await turn();
  over = true;
  stop();
  for (const socket of sockets) WebSocket.prototype.close.call(socket);
  for (const frame of document.querySelectorAll('iframe')) frame.remove();
  const requests = await (await native(`/record?k=${token}`)).json();
  // When a connection is closed that nobody needs any more is the browser's own affair.
  const server = requests.map(({ side, m, p, raw, body, end = 'called off' }) => ({
    side,
    m,
    p,
    raw,
    body,
    end,
  }));
  return normalised({ seen, server }, token, other);
}
