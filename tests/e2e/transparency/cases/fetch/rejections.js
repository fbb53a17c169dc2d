// Rejections that nobody handles are reported once, with the promise that was returned and the page's own reason.

const BROKEN = {
  'an invalid URL': () => ['http://['],
  'a scheme that cannot be fetched': () => ['about:blank'],
  'a connection that breaks': ({ at }) => [at('/reset')],
  'an origin that does not allow it': ({ elsewhere }) => [elsewhere('/echo')],
  'a refused redirect': ({ at }) => [at('/redirect', { to: '/echo' }), { redirect: 'error' }],
  'a request that was called off': ({ at, mine }) => [
    at('/echo'),
    { signal: AbortSignal.abort(mine('why')) },
  ],
  'a getter that throws': ({ at, mine }) => {
    const why = mine('why');
    return [
      at('/echo'),
      {
        get method() {
          throw why;
        },
      },
    ];
  },
};

const unhandled = Object.entries(BROKEN).map(([name, argumentsOf]) => [
  `nobody handles ${name}`,
  async (tools) => {
    const reported = new Promise((done) => {
      addEventListener('unhandledrejection', done, { once: true });
    });
    tools.named('the promise', tools.F(...argumentsOf(tools)));
    tools.see('returned');
    await reported;
  },
]);

const handled = Object.entries(BROKEN).map(([name, argumentsOf]) => [
  `${name}, handled`,
  async ({ F, see, named, turn, ...tools }) => {
    const promise = named('the promise', F(...argumentsOf({ ...tools, named })));
    const after = promise.catch((error) => see('caught', error));
    see('distinct', after !== promise);
    await after;
    await turn();
  },
]);

export const cases = {
  ...Object.fromEntries([...unhandled, ...handled]),
  'handled after it was reported': async ({ F, named, see, turn }) => {
    const promise = named('the promise', F('http://['));
    await turn();
    await turn();
    promise.catch((error) => see('caught', error));
    await turn();
  },
  'only the derived promise is reported': async ({ F, named, turn }) => {
    const promise = named('the promise', F('http://['));
    named(
      'derived',
      promise.then(() => {}),
    );
    await turn();
  },
  'each of two derived promises is reported': async ({ F, named, turn }) => {
    const promise = named('the promise', F('http://['));
    named('with then', promise.then());
    named(
      'with finally',
      promise.finally(() => {}),
    );
    await turn();
  },
  'race, all, any and allSettled': async ({ F, at, see, outcome }) => {
    const sent = [];
    const good = () => {
      sent.push(F(at('/status', { code: 204 })));
      return sent.at(-1);
    };
    const bad = () => F('http://[');
    await outcome(Promise.race([bad(), good()]));
    await outcome(Promise.all([good(), bad()]));
    see((await Promise.any([bad(), good()])).status);
    see((await Promise.allSettled([bad(), good()])).map(({ status }) => status));
    await Promise.all(sent);
  },
  'await in try and catch': async ({ F, see }) => {
    try {
      await F('http://[');
    } catch (error) {
      see(error);
    } finally {
      see('finally');
    }
  },
  'the error is a fresh one each time, of this realm': async ({ F, see }) => {
    const errors = await Promise.all([1, 2].map(() => F('http://[').catch((error) => error)));
    see(errors[0] !== errors[1], errors[0] instanceof TypeError, Object.keys(errors[0]));
    see(Object.getPrototypeOf(errors[0]) === TypeError.prototype, 'cause' in errors[0]);
  },
  'the promise is a plain one': async ({ F, at, see }) => {
    const promise = F(at('/status', { code: 204 }));
    see(promise.constructor === Promise, Object.getPrototypeOf(promise) === Promise.prototype);
    see(Reflect.ownKeys(promise), promise instanceof Promise);
    see(Promise.resolve(promise) === promise);
    await promise;
  },
  'each call has a promise and a response of its own': async ({ F, at, see }) => {
    const calls = [1, 2].map(() => F(at('/status', { code: 204 })));
    const [one, two] = await Promise.all(calls);
    see(calls[0] !== calls[1], one !== two, (await calls[0]) === one);
  },
};
