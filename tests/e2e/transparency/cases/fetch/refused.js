// Arguments that fetch refuses, and when: each is a rejection of the same kind, and nothing is sent.

const stream = () => new ReadableStream();

async function usedRequest(at) {
  const request = new Request(at('/echo'), { method: 'POST', body: 'b' });
  await request.text();
  return request;
}

const INITS = {
  'an unknown mode': { mode: 'bogus' },
  'mode navigate': { mode: 'navigate' },
  'mode websocket': { mode: 'websocket' },
  'an unknown credentials mode': { credentials: 'bogus' },
  'an unknown cache mode': { cache: 'bogus' },
  'only-if-cached with another mode': { cache: 'only-if-cached', mode: 'cors' },
  'an unknown redirect mode': { redirect: 'bogus' },
  'an unknown referrer policy': { referrerPolicy: 'bogus' },
  'a referrer that is no URL': { referrer: 'http://[' },
  'an unknown priority': { priority: 'bogus' },
  'an unknown duplex': { duplex: 'full' },
  'a window': { window: {} },
  'a signal that is none': { signal: {} },
  'a signal that is a number': { signal: 5 },
  'method TRACE': { method: 'TRACE' },
  'method connect': { method: 'connect' },
  'a method that is no token': { method: 'A B' },
  'an empty method': { method: '' },
  'a method beyond latin-1': { method: 'GÉT\u0100' },
  'GET with a body': { body: 'b' },
  'HEAD with a body': { method: 'HEAD', body: 'b' },
  'GET with an empty body': { body: '' },
  'no-cors with PUT': { mode: 'no-cors', method: 'PUT' },
  'headers that are a number': { headers: 5 },
  'a header name with a space': { headers: { 'x a': '1' } },
  'an empty header name': { headers: [['', '1']] },
  'a header value beyond latin-1': { headers: { 'x-a': '\u0100' } },
  'a header value with NUL': { headers: { 'x-a': 'a\0b' } },
  'a header pair of one': { headers: [['x-a']] },
  'a header symbol': { headers: { [Symbol('s')]: '1' } },
  'a body that is a symbol': { method: 'POST', body: Symbol('s') },
  'a stream with keepalive': { method: 'POST', body: stream, keepalive: true, duplex: 'half' },
  'a stream without duplex': { method: 'POST', body: stream },
  'a locked stream': {
    method: 'POST',
    duplex: 'half',
    body() {
      const locked = stream();
      locked.getReader();
      return locked;
    },
  },
};

const URLS = {
  'an invalid URL': 'http://[',
  'a host that is none': 'http://a b/',
  'a port that is none': 'http://127.0.0.1:99999/',
  'a port that browsers block': 'http://127.0.0.1:25/',
  'credentials in the URL': 'http://user:secret@127.0.0.1/',
  'javascript:': 'javascript:1',
  'about:blank': 'about:blank',
  'an unknown scheme': 'nothing://there/',
  'a blob URL that is none': 'blob:nothing',
  'mailto:': 'mailto:a@b.c',
  'a data URL that is none': 'data:nothing',
  'a socket': 'ws://127.0.0.1/',
};

const inits = Object.entries(INITS).map(([name, { body, ...init }]) => [
  name,
  async ({ F, at, see, outcome, turn }) => {
    const given = typeof body === 'function' ? body() : body;
    const promise = F(at('/echo'), body === undefined ? init : { ...init, body: given });
    see('a promise', promise instanceof Promise);
    promise.catch(() => {});
    await turn();
    try {
      see((await promise).status);
    } catch (error) {
      see(error);
    }
    await outcome(Promise.resolve('over'));
  },
]);

const urls = Object.entries(URLS).map(([name, url]) => [
  name,
  async ({ F, see, outcome }) => {
    const promise = F(url);
    see('a promise', promise instanceof Promise);
    await outcome(promise);
    await outcome(F(url, { method: 'POST', body: 'b' }));
  },
]);

export const cases = {
  ...Object.fromEntries([...inits, ...urls]),
  'a Request that was used': async ({ F, at, outcome, see }) => {
    const request = await usedRequest(at);
    await outcome(F(request));
    see(request.bodyUsed);
    await outcome(F(request, { body: 'new' }));
  },
  'a Request that is locked': async ({ F, at, outcome, see }) => {
    const request = new Request(at('/echo'), { method: 'POST', body: 'b' });
    const reader = request.body?.getReader();
    see(!!reader);
    if (reader) await outcome(F(request));
  },
  'what is refused leaves a Request as it was': async ({ F, at, outcome, see }) => {
    const request = new Request(at('/echo'), { method: 'POST', body: 'b' });
    await outcome(F(request, { mode: 'bogus' }));
    see(request.bodyUsed);
    see((await (await F(request)).json()).body);
  },
};
