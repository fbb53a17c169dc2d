// Headers of requests: the caller's own arrive as natively, in their order and case, and what is forbidden stays so.

/** Names that pages may not set, and some that look like them. */
const FORBIDDEN = [
  'accept-charset',
  'accept-encoding',
  'connection',
  'content-length',
  'cookie',
  'date',
  'dnt',
  'expect',
  'host',
  'keep-alive',
  'origin',
  'referer',
  'te',
  'trailer',
  'upgrade',
  'via',
  'proxy-own',
  'sec-own',
];
const ALLOWED = [
  'user-agent',
  'accept',
  'accept-language',
  'authorization',
  'range',
  'if-none-match',
  'cache-control',
  'pragma',
  'x-http-method-override',
  'proxied',
];

/** Names and values as they were sent. Chromium sends them in the order of its hash table. */
const rawOf = async (promise, pattern) => {
  const { raw } = await (await promise).json();
  const pairs = raw.flatMap((name, at) => (at % 2 ? [] : [[name, raw[at + 1]]]));
  return pairs.filter(([name]) => pattern.test(name)).sort();
};

export const cases = {
  'names, values and case': async ({ F, at, see }) => {
    const headers = [
      ['X-B', ' b '],
      ['x-a', '1'],
      ['X-A', '2'],
      ['x-empty', ''],
      ['x-latin', 'ÿé'],
    ];
    see(await rawOf(F(at('/echo'), { headers }), /^x-/i));
    see(await rawOf(F(at('/echo'), { headers: Object.fromEntries(headers) }), /^x-/i));
    see(await rawOf(F(at('/echo'), { headers: new Headers(headers) }), /^x-/i));
  },
  'names that are forbidden': async ({ F, at, see }) => {
    for (const name of FORBIDDEN)
      see(name, await rawOf(F(at('/echo'), { headers: { [name]: 'mine' } }), new RegExp(name)));
  },
  'names that are not': async ({ F, at, see }) => {
    for (const name of ALLOWED)
      see(
        name,
        (await rawOf(F(at('/echo'), { headers: { [name]: 'mine' } }), /./)).some(
          ([, value]) => value === 'mine',
        ),
      );
  },
  'all headers of a plain request': async ({ F, at }) => {
    await F(at('/echo'));
    await F(at('/echo'), { method: 'POST', body: 'b' });
    await F(at('/echo'), { mode: 'no-cors' });
    await F(at('/echo'), { mode: 'same-origin', cache: 'reload', credentials: 'omit' });
    return 'compared at the server';
  },
  "a traceparent of one's own": async ({ F, at, see }) => {
    const mine = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    for (const name of ['traceparent', 'TraceParent'])
      see(await rawOf(F(at('/echo'), { headers: { [name]: mine } }), /^traceparent$/i));
    see(await rawOf(F(at('/echo'), { headers: { traceparent: '' } }), /^traceparent$/i));
  },
  "a sentry-trace of one's own": async ({ F, at, see }) => {
    const headers = { 'sentry-trace': `${'a'.repeat(32)}-${'b'.repeat(16)}-1` };
    see(await rawOf(F(at('/echo'), { headers }), /^sentry-trace$/i));
  },
  'Headers and init stay as they are': async ({ F, at, see }) => {
    const headers = new Headers({ 'x-a': '1' });
    const plain = { 'x-a': '1' };
    const init = Object.freeze({ headers: Object.freeze(plain), method: 'PUT' });
    await F(at('/echo'), { headers });
    await F(at('/echo'), init);
    see([...headers], plain, init);
  },
  'headers of a Request, with and without those of init': async ({ F, at, see }) => {
    const request = () => new Request(at('/echo'), { headers: { 'x-a': '1', 'x-b': '2' } });
    for (const init of [undefined, {}, { headers: {} }, { headers: { 'x-c': '3' } }])
      see(await rawOf(F(request(), init), /^x-/));
    see(await rawOf(F(request(), { headers: undefined }), /^x-/));
  },
  'the content type of a Request goes with its body': async ({ F, at, see }) => {
    const request = () => new Request(at('/echo'), { method: 'POST', body: '{}' });
    for (const init of [undefined, { headers: {} }, { body: new URLSearchParams('a=1') }])
      see(await rawOf(F(request(), init), /^content-type/i));
  },
  'very many and very long': async ({ F, at, see }) => {
    const headers = Object.fromEntries(
      [...Array(60)].map((_, index) => [`x-${index}`, `${index}`]),
    );
    see((await rawOf(F(at('/echo'), { headers }), /^x-/)).length);
    see(
      (await F(at('/status', { code: 204 }), { headers: { 'x-long': 'a'.repeat(4000) } })).status,
    );
  },
  "a header that needs a preflight is the caller's alone": async ({ F, elsewhere, outcome }) => {
    await outcome(F(elsewhere('/echo', { cors: 1 })));
    await outcome(F(elsewhere('/echo', { cors: 1 }), { headers: { traceparent: 'x' } }));
  },
};
