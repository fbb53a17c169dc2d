// How fetch reads its arguments: once each, in its order, before it returns.

const MEMBERS = {
  method: 'POST',
  body: 'text',
  headers: { 'x-a': '1', 'x-b': '2' },
  mode: 'cors',
  credentials: 'same-origin',
  cache: 'no-store',
  redirect: 'follow',
  referrer: 'about:client',
  referrerPolicy: 'origin',
  integrity: '',
  keepalive: false,
  signal: null,
  window: null,
};

/** An object that is read as text, which is seen. */
const textually = (see, text) => ({
  toString() {
    see('text of', text);
    return text;
  },
});

const method = async (promise) => {
  const { m, body, h } = await (await promise).json();
  return [m, body, h['x-a'], h['x-b']];
};

export const cases = {
  'members of init, in order': async ({ F, at, see, watched }) => {
    const promise = F(at('/echo'), watched('init', { ...MEMBERS }));
    see('returned');
    return method(promise);
  },
  'getters of init, each read once': async ({ F, at, see }) => {
    const init = {};
    for (const [key, value] of Object.entries(MEMBERS))
      Object.defineProperty(init, key, {
        get() {
          see('read', key);
          return value;
        },
      });
    const promise = F(at('/echo'), init);
    see('returned');
    return method(promise);
  },
  'members that an init inherits': async ({ F, at }) => {
    class Init {
      get method() {
        return 'PUT';
      }
    }
    return method(F(at('/echo'), Object.assign(new Init(), { body: 'b' })));
  },
  'members as objects, read as text once': async ({ F, at, see }) => {
    const init = {};
    for (const key of ['method', 'body', 'mode', 'credentials', 'cache', 'redirect'])
      init[key] = textually(see, MEMBERS[key]);
    init.referrer = textually(see, 'about:client');
    init.integrity = textually(see, '');
    init.headers = { 'x-a': textually(see, 'one') };
    return method(F(textually(see, at('/echo')), init));
  },
  'a URL with a primitive of its own': ({ F, at, see, outcome }) =>
    outcome(
      F({
        [Symbol.toPrimitive](hint) {
          see('hint', hint);
          return at('/status', { code: 204 });
        },
      }),
    ),
  'a URL that throws': async ({ F, mine, outcome }) => {
    const why = mine('why');
    await outcome(
      F({
        toString() {
          throw why;
        },
      }),
    );
  },
  'a getter that throws stops the reading': async ({ F, at, see, mine, outcome }) => {
    const why = mine('why');
    const init = {
      get body() {
        see('body');
        return 'b';
      },
      get method() {
        see('method');
        throw why;
      },
      get signal() {
        see('signal');
        return null;
      },
    };
    await outcome(F(at('/echo'), init));
  },
  'a proxy that is revoked': async ({ F, at, outcome }) => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    await outcome(F(at('/echo'), proxy));
    await outcome(F(at('/echo'), { headers: proxy }));
  },
  'a record of headers, key by key': async ({ F, at, watched }) =>
    method(F(at('/echo'), { headers: watched('headers', { 'x-a': '1', 'x-b': '2' }) })),
  'an iterable of headers, once': async ({ F, at, see }) => {
    let count = 0;
    const headers = {
      get [Symbol.iterator]() {
        see('iterator');
        return function* pairs() {
          see('iteration', ++count);
          yield ['x-a', 'one'];
          yield new Set(['x-b', 'two']);
        };
      },
    };
    return method(F(at('/echo'), { headers }));
  },
  'an iterable of headers that throws is closed or not': async ({ F, at, see, mine, outcome }) => {
    const why = mine('why');
    const headers = {
      *[Symbol.iterator]() {
        try {
          yield ['x-a', '1'];
          throw why;
        } finally {
          see('closed');
        }
      },
    };
    await outcome(F(at('/echo'), { headers }));
  },
  'an iterable of headers with a pair that is none': async ({ F, at, see, outcome }) => {
    const headers = {
      *[Symbol.iterator]() {
        try {
          yield ['x-a', '1', 'more'];
          see('asked again');
        } finally {
          see('closed');
        }
      },
    };
    await outcome(F(at('/echo'), { headers }));
  },
  'Headers with an iterator of its own': async ({ F, at, see }) => {
    const headers = new Headers({ 'x-a': '1' });
    headers[Symbol.iterator] = function* own() {
      see('own iterator');
      yield ['x-b', 'own'];
    };
    return method(F(at('/echo'), { headers }));
  },
  'a Map and a URLSearchParams as headers': async ({ F, at, see }) => {
    see(await method(F(at('/echo'), { headers: new Map([['x-a', 1]]) })));
    see(await method(F(at('/echo'), { headers: new URLSearchParams('x-a=2&x-b=3') })));
  },
  'everything is taken as it is when called': async ({ F, at, see }) => {
    const url = new URL(at('/echo'), location.href);
    const headers = new Headers({ 'x-a': 'before' });
    const body = new URLSearchParams('a=before');
    const init = { method: 'POST', headers, body };
    const promise = F(url, init);
    url.pathname = '/status';
    headers.set('x-a', 'after');
    body.set('a', 'after');
    init.method = 'PUT';
    see(await method(promise));
    see([headers.get('x-a'), [...headers].length, Object.keys(init)]);
  },
  'bytes are copied when called': async ({ F, at }) => {
    const bytes = new Uint8Array([65, 66, 67]);
    const promise = F(at('/echo'), { method: 'POST', body: bytes });
    bytes.fill(90);
    return method(promise);
  },
  'FormData is taken when called': async ({ F, at, see }) => {
    const body = new FormData();
    body.append('a', 'before');
    const promise = F(at('/echo'), { method: 'POST', body });
    body.append('b', 'after');
    see((await (await promise).json()).body.includes('after'));
  },
  'a getter that calls fetch itself': async ({ F, at, see }) => {
    let inner;
    const outer = F(at('/echo'), {
      get method() {
        see('method');
        inner = F('data:,inner');
        return 'POST';
      },
    });
    see(await (await inner).text(), (await method(outer))[0]);
  },
  'more arguments than two': async ({ F, at }) =>
    method(F(at('/echo'), { method: 'PUT' }, { method: 'DELETE' }, 5)),
  'init that is no object': async ({ F, at, outcome }) => {
    for (const init of [undefined, null, () => {}, []])
      await outcome(F(at('/status', { code: 204 }), init));
    for (const init of [5, 'GET', true, Symbol('s'), 5n]) await outcome(F(at('/echo'), init));
  },
  'a URL that is no text': async ({ F, see, outcome }) => {
    for (const url of [undefined, null, 5, false, {}, [], () => {}])
      see((await F(url)).url.replace(location.origin, ''));
    await outcome(F(Symbol('s')));
    await outcome(F(Object.create(null)));
  },
  'new URL with fragment, user and empty query': async ({ F, at, see, outcome }) => {
    see((await F(new URL(`${at('/status', { code: 204 })}#part`, location.href))).url);
    await outcome(F(`//user@${location.host}/echo`));
    see((await F('/status?')).url.endsWith('?'));
  },
  'the base URL at the time of the call': async ({ F, at, see }) => {
    const base = document.createElement('base');
    base.href = '/status/';
    document.head.append(base);
    const promise = F(at('below'));
    base.remove();
    see(new URL((await promise).url).pathname);
  },
  'whitespace around a URL, backslashes, dots': async ({ F, at, see }) => {
    see((await F(`  ${at('/status', { code: 204 })}\n`)).status);
    see((await F(at('\\a\\..\\status', { code: 204 }))).status);
  },
  'no arguments, and what is not a constructor': async ({ F, see, outcome, attempt }) => {
    await outcome(F());
    attempt('new', () => new F('/status?code=204'));
    see(typeof F, 'prototype' in F);
  },
  'called with any this': async ({ F, at, see }) => {
    for (const self of [undefined, null, {}, window, 5])
      see((await F.call(self, at('/status', { code: 204 }))).status);
    see((await Reflect.apply(F, undefined, [at('/status', { code: 204 })])).status);
    see((await [at('/status', { code: 204 })].map((url) => F(url))[0]).status);
  },
};
