// Requests to other origins, and modes: CORS, opaque answers, preflights, credentials. Nobody else gets a header of ours.

const cookie = async (F, url) => F(url, { credentials: 'include' });

export const cases = {
  'an origin that allows everyone': async ({ F, elsewhere, see }) => {
    see(await F(elsewhere('/typed', { as: 'plain', cors: 1 })));
  },
  'an origin that allows nobody': ({ F, elsewhere, outcome }) => outcome(F(elsewhere('/echo'))),
  'its headers as far as they are exposed': async ({ F, elsewhere, see }) => {
    const headers = JSON.stringify([
      ['x-a', '1'],
      ['x-b', '2'],
      ['access-control-expose-headers', 'x-b'],
    ]);
    see(await F(elsewhere('/echo', { cors: 1, headers })));
  },
  'a preflight that allows, and one that does not': async ({ F, elsewhere, outcome }) => {
    const init = { method: 'PUT', headers: { 'x-custom': '1' }, body: 'b' };
    await outcome(F(elsewhere('/echo', { cors: 'all' }), { ...init, method: 'POST' }));
    await outcome(F(elsewhere('/echo', { cors: 1 }), init));
  },
  'simple content types need none, others do': async ({ F, elsewhere, outcome }) => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json'])
      await outcome(
        F(elsewhere('/status', { code: 204, cors: 'all', type }), {
          method: 'POST',
          headers: { 'content-type': type },
          body: '{}',
        }),
      );
  },
  'no-cors: opaque': async ({ F, elsewhere, see, outcome }) => {
    const response = await F(elsewhere('/echo'), { mode: 'no-cors' });
    see(response, response.body, await response.text());
    await outcome(response.json());
  },
  'no-cors here': async ({ F, at, see }) => {
    see(await F(at('/typed', { as: 'plain' }), { mode: 'no-cors' }));
  },
  'no-cors: only the headers it allows': async ({ F, elsewhere, see }) => {
    const headers = {
      accept: 'a/b',
      'accept-language': 'de',
      'content-type': 'application/json',
      'x-custom': '1',
      range: 'bytes=0-5',
    };
    const init = { mode: 'no-cors', method: 'POST', headers, body: '{}' };
    see((await F(elsewhere('/echo'), init)).type);
    see((await F(elsewhere('/echo'), { ...init, headers: { 'content-type': 'text/plain' } })).type);
  },
  'a no-cors Request and its guard': async ({ F, elsewhere, see }) => {
    const request = new Request(elsewhere('/echo'), { mode: 'no-cors', headers: { 'x-a': '1' } });
    request.headers.set('x-b', '2');
    request.headers.set('accept', 'a/b');
    see([...request.headers], (await F(request)).type);
  },
  'same-origin mode': async ({ F, at, elsewhere, outcome }) => {
    await outcome(F(at('/status', { code: 204 }), { mode: 'same-origin' }));
    await outcome(F(elsewhere('/echo', { cors: 1 }), { mode: 'same-origin' }));
  },
  'cookies of this origin, by credentials mode': async ({ F, at, see }) => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere
    document.cookie = 'own=1; path=/';
    for (const credentials of ['omit', 'same-origin', 'include', undefined])
      see((await (await F(at('/echo'), { credentials })).json()).h.cookie);
    // biome-ignore lint/suspicious/noDocumentCookie: as above
    document.cookie = 'own=; path=/; max-age=0';
  },
  'cookies of another origin, by credentials mode': async ({ F, elsewhere, see, outcome }) => {
    const headers = JSON.stringify([['set-cookie', 'theirs=1']]);
    await cookie(F, elsewhere('/echo', { cors: 'cred', headers }));
    for (const credentials of ['omit', 'same-origin', 'include'])
      see((await (await F(elsewhere('/echo', { cors: 'cred' }), { credentials })).json()).h.cookie);
    await outcome(cookie(F, elsewhere('/echo', { cors: 1 })));
    const gone = JSON.stringify([['set-cookie', 'theirs=; max-age=0']]);
    await cookie(F, elsewhere('/echo', { cors: 'cred', headers: gone }));
  },
  'set-cookie is obeyed or not, by credentials mode': async ({ F, at, see }) => {
    const headers = JSON.stringify([['set-cookie', 'given=1']]);
    for (const credentials of ['omit', 'include']) {
      await F(at('/echo', { headers }), { credentials });
      see(document.cookie);
    }
    const gone = JSON.stringify([['set-cookie', 'given=; max-age=0']]);
    await F(at('/echo', { headers: gone }));
    see(document.cookie);
  },
  'authorization to another origin': async ({ F, elsewhere, outcome }) => {
    const headers = { authorization: 'Bearer a' };
    await outcome(F(elsewhere('/status', { code: 204, cors: 'cred' }), { headers }));
    await outcome(F(elsewhere('/status', { code: 204, cors: 1 }), { headers }));
  },
  'called off while the preflight waits or before': async ({ F, elsewhere, mine, outcome }) => {
    const signal = AbortSignal.abort(mine('why'));
    await outcome(F(elsewhere('/echo', { cors: 'all' }), { signal, headers: { 'x-custom': '1' } }));
  },
  'a document of no origin': async ({ F, at, see, outcome }) => {
    const blob = URL.createObjectURL(new Blob(['{"a":1}'], { type: 'application/json' }));
    see(await (await F(blob, { mode: 'same-origin' })).json());
    URL.revokeObjectURL(blob);
    await outcome(F(at('/status', { code: 204 }), { mode: 'cors', credentials: 'include' }));
  },
};
