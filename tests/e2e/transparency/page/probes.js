// The names that the probes of tests/conformance use.
const { host } = location;
const native = window.fetch.bind(window);

const J = async (promise) => (await promise).json();
const ev = (target, type) =>
  new Promise((done) => target.addEventListener(type, done, { once: true }));

Object.assign(window, {
  J,
  ev,
  L: host,
  U: (path) => `ws://${host}${path}`,
  sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
  async err(promise) {
    try {
      const { status } = await promise;
      return { ok: true, status };
    } catch (error) {
      return { name: error.name, type: error.constructor.name };
    }
  },
  sync(call) {
    try {
      const promise = call();
      promise.catch(() => {});
      return { threw: false, promise: promise instanceof Promise };
    } catch {
      return { threw: true };
    }
  },
  th(work) {
    try {
      work();
      return 'no throw';
    } catch (error) {
      return error instanceof DOMException ? `${error.name}/DOMException` : error.name;
    }
  },
  tok: () => window.currentToken,
  log: (key) => J(native(`/log?k=${key}`)),
  log2: (origin, key) => J(native(`${origin}/log?k=${key}`)),
  async open(W, path = '/echo', protocols = []) {
    const socket = new W(window.U(path), protocols);
    await ev(socket, 'open');
    return socket;
  },
  async desc(W, data) {
    const socket = await window.open(W, '/describe');
    socket.send(data);
    const { data: said } = await ev(socket, 'message');
    socket.close();
    return said;
  },
});

/** The cases of a file there, with what was recorded of the native API. */
export async function sharedCases(file, argumentsOf) {
  const { cases } = await J(native(`/tests/conformance/${file}`));
  return Object.fromEntries(
    cases.map(({ name, probe }) => [
      name,
      (tools) => new Function(`return ${probe}`)()(...argumentsOf(tools)),
    ]),
  );
}
