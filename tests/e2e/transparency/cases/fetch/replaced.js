// A fetch that the page has replaced is looked up when called, called once, and decides what comes back.

/** Runs with the page's own fetch in place. */
async function withFetch(own, work) {
  const real = window.fetch;
  window.fetch = own;
  try {
    await work(real);
  } finally {
    window.fetch = real;
  }
}

/** What any fetch may be given, made one. */
const requested = (...args) => new Request(...args);

export const cases = {
  'what it is asked for': ({ F, at, see }) =>
    withFetch(
      async (...args) => {
        const request = requested(...args);
        const { method, credentials, cache, referrerPolicy, integrity, keepalive } = request;
        see(method, credentials, cache, referrerPolicy, integrity, keepalive, request.redirect);
        see(new URL(request.url).pathname, request.headers.get('x-a'), await request.text());
        return new Response('mine');
      },
      async () => {
        const init = { method: 'PUT', credentials: 'omit', cache: 'reload', body: 'b' };
        const more = { referrerPolicy: 'origin', integrity: 'sha256-x', redirect: 'error' };
        const response = await F(at('/echo'), { ...init, ...more, headers: { 'x-a': '1' } });
        see(await response.text());
      },
    ),
  'its response is the one that comes back': async ({ F, at, see }) => {
    const own = new Response('mine');
    await withFetch(
      async () => own,
      async () => see((await F(at('/echo'))) === own),
    );
  },
  'its error is the one that comes back': async ({ F, at, mine, outcome }) => {
    const why = mine('why');
    await withFetch(
      () => Promise.reject(why),
      () => outcome(F(at('/echo'))),
    );
  },
  'its rejection that nobody handles is reported once': async ({ F, at, mine, named, turn }) => {
    const why = mine('why');
    await withFetch(
      () => Promise.reject(why),
      async () => {
        named('the promise', F(at('/echo')));
        await turn();
      },
    );
  },
  'what it throws is thrown': ({ F, at, mine, attempt }) => {
    const why = mine('why');
    return withFetch(
      () => {
        throw why;
      },
      () => attempt('call', () => F(at('/echo'))),
    );
  },
  'what it answers at once': ({ F, at, attempt }) =>
    withFetch(
      () => 5,
      () => attempt('call', () => F(at('/echo'))),
    ),
  'a response that is no promise': ({ F, at, see }) => {
    const own = new Response('mine');
    return withFetch(
      () => own,
      () => see(F(at('/echo')) === own),
    );
  },
  'nothing, null and odd values': async ({ F, at, see, outcome }) => {
    // biome-ignore lint/suspicious/noThenProperty: what is tested
    for (const value of [undefined, null, '', { status: 'odd' }, { then: 5 }])
      await withFetch(
        async () => value,
        async () => outcome(F(at('/echo')).then((got) => see(got === value))),
      );
    await withFetch(
      () => undefined,
      async () => see(F(at('/echo'))),
    );
  },
  'a thenable': ({ F, at, see }) =>
    withFetch(
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: what is tested
        then: (done) => {
          done('mine');
        },
      }),
      async () => see(await F(at('/echo'))),
    ),
  'a promise of another realm': ({ F, at, frame, see }) => {
    const { Promise: Theirs } = frame();
    return withFetch(
      () => Theirs.resolve('mine'),
      async () => {
        const promise = F(at('/echo'));
        see(promise instanceof Promise, promise instanceof Theirs, await promise);
      },
    );
  },
  'a subclass of Promise': ({ F, at, see }) => {
    class Own extends Promise {}
    return withFetch(
      () => Own.resolve('mine'),
      async () => {
        const promise = F(at('/echo'));
        see(promise instanceof Own, await promise);
      },
    );
  },
  'once for each call, and nothing else': ({ F, at, see }) => {
    let calls = 0;
    return withFetch(
      async () => {
        calls++;
        return new Response();
      },
      async () => {
        await Promise.all([F(at('/echo')), F(at('/echo'))]);
        see(calls);
      },
    );
  },
  'put in place between two calls': async ({ F, at, see }) => {
    see((await F(at('/status', { code: 204 }))).status);
    await withFetch(
      async () => new Response(null, { status: 299 }),
      async () => see((await F(at('/status', { code: 204 }))).status),
    );
    see((await F(at('/status', { code: 204 }))).status);
  },
  'that calls the real one': async ({ F, at, see }) => {
    const real = window.fetch;
    await withFetch(
      (...args) => real(...args),
      async () => see((await F(at('/echo'), { method: 'PUT', body: 'b' })).status),
    );
  },
  'whose answer never comes': ({ F, at, see, turn }) =>
    withFetch(
      () => new Promise(() => {}),
      async () => {
        F(at('/echo')).then(() => see('came'));
        await turn();
        see('waiting');
      },
    ),
  'a Headers or Request that the page has changed': async ({ F, at, see, outcome }) => {
    for (const [owner, method] of [
      [Headers, 'has'],
      [Headers, 'get'],
      [Headers, 'set'],
    ]) {
      const real = owner.prototype[method];
      owner.prototype[method] = () => {
        throw new Error('changed');
      };
      await outcome(F(at('/status', { code: 204 })).then(({ status }) => status));
      owner.prototype[method] = real;
    }
    see(typeof Request);
  },
};
