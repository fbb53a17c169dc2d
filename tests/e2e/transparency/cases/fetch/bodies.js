// Bodies of requests, as the server gets them.

const bytes = () => new Uint8Array([104, 105, 255, 0]);

function resizable() {
  const { buffer } = new Uint8Array([1, 2]);
  return buffer.transfer?.(2) ?? buffer;
}

/** What is sent, by what it is. */
const BODIES = {
  'a text': () => 'text é 🎈',
  'an empty text': () => '',
  'half a character': () => 'a\ud800b',
  'a number': () => 42,
  'an object': () => ({ a: 1 }),
  'an array': () => [1, 2],
  'true and null as text': () => true,
  null: () => null,
  undefined: () => undefined,
  'a function': () => () => 1,
  'a typed array': bytes,
  'a part of a typed array': () => bytes().subarray(1, 3),
  'a DataView': () => new DataView(bytes().buffer, 1, 2),
  'an ArrayBuffer': () => bytes().buffer,
  floats: () => new Float64Array([1.5]),
  'a moved buffer': resizable,
  'a detached buffer': () => {
    const { buffer } = bytes();
    structuredClone(buffer, { transfer: [buffer] });
    return buffer;
  },
  'a Blob': () => new Blob(['a', bytes()]),
  'a Blob with a type': () => new Blob(['{}'], { type: 'Application/JSON; charset=x' }),
  'a File': () => new File(['text'], 'name é.txt', { type: 'text/x' }),
  parameters: () =>
    new URLSearchParams([
      ['a b', 'é&='],
      ['a b', '2'],
    ]),
  'a form': () => {
    const form = new FormData();
    form.append('a', 'é\n1');
    form.append('file', new File(['text'], 'n"ame.txt', { type: 'text/x' }));
    return form;
  },
  'a form of another realm': ({ frame }) => {
    const form = new (frame().FormData)();
    form.append('a', '1');
    return form;
  },
  'a text object': () => new String('boxed'),
  'a megabyte': () => '*'.repeat(1 << 20),
};

const sent = Object.entries(BODIES).map(([name, bodyOf]) => [
  name,
  async ({ F, at, see, frame }) => {
    for (const headers of [{}, { 'Content-Type': 'x/y' }]) {
      const init = { method: 'POST', body: bodyOf({ frame }), headers };
      const { h, body } = await (await F(at('/echo'), init)).json();
      see(
        h['content-type']?.replace(/boundary=.*/, ''),
        h['content-length'] > 0,
        body.replace(/-{2,}\w+/g, '').length,
      );
    }
  },
]);

export const cases = {
  ...Object.fromEntries(sent),
  'a Request with a body': async ({ F, at, see, outcome }) => {
    const request = new Request(at('/echo'), { method: 'POST', body: 'b' });
    const promise = F(request);
    see(request.bodyUsed);
    see((await (await promise).json()).body, request.bodyUsed);
    await outcome(F(request));
    await outcome(request.text());
  },
  'a Request with another body': async ({ F, at, see, outcome }) => {
    const request = new Request(at('/echo'), { method: 'POST', body: 'b' });
    see((await (await F(request, { body: 'another' })).json()).body, request.bodyUsed);
    await outcome(request.text());
  },
  'a Request whose method changes': async ({ F, at, see, outcome }) => {
    const request = () => new Request(at('/echo'), { method: 'POST', body: 'b' });
    see((await (await F(request(), { method: 'PUT' })).json()).body);
    await outcome(F(request(), { method: 'GET' }));
    see((await (await F(request(), { method: 'PUT', body: null })).json()).body);
  },
  'clones of a Request': async ({ F, at, see }) => {
    const request = new Request(at('/echo'), {
      method: 'POST',
      body: 'b',
      headers: { 'x-a': '1' },
    });
    const clone = request.clone();
    const [one, two] = await Promise.all([F(request), F(clone)]);
    see((await one.json()).body, (await two.json()).body, request.bodyUsed, clone.bodyUsed);
  },
  'a Request without a body, twice': async ({ F, at, see }) => {
    const request = new Request(at('/status', { code: 204 }), { headers: { 'x-a': '1' } });
    see((await F(request)).status, (await F(request)).status, request.bodyUsed);
    see([...request.headers]);
  },
  'the Request itself does not change': async ({ F, at, see }) => {
    const request = new Request(at('/echo'), { headers: { 'x-a': '1' } });
    await F(request, { headers: { 'x-b': '2' }, credentials: 'omit' });
    see([...request.headers], request.credentials, request.mode, request.referrer);
  },
  'a Request subclass, with its own getters': async ({ F, at, see }) => {
    class Own extends Request {
      get url() {
        see('url');
        return '/elsewhere';
      }
      get method() {
        see('method');
        return 'DELETE';
      }
      get headers() {
        see('headers');
        return new Headers({ 'x-own': '1' });
      }
    }
    const { m, h } = await (await F(new Own(at('/echo'), { headers: { 'x-a': '1' } }))).json();
    see(m, h['x-a'], h['x-own']);
  },
  'a Request of another realm': async ({ F, at, frame, see }) => {
    const { Request: Theirs } = frame();
    const request = new Theirs(location.origin + at('/echo'), { method: 'POST', body: 'b' });
    const response = await F(request);
    see(response instanceof Response, (await response.json()).body, request.bodyUsed);
  },
  'the body of an answer': async ({ F, at, see, outcome }) => {
    const { body } = await F(at('/typed', { as: 'plain' }));
    const promise = F(at('/echo'), { method: 'POST', body, duplex: 'half' });
    see(body.locked);
    await outcome(promise.then(({ ok }) => ok));
  },
  'a form whose file is read later': async ({ F, at, see }) => {
    const form = new FormData(document.createElement('form'));
    form.set('file', new Blob(['b'.repeat(100_000)]));
    const { h, body } = await (await F(at('/echo'), { method: 'PUT', body: form })).json();
    see(Number(h['content-length']) > 100_000, body.includes('filename="blob"'));
  },
};
