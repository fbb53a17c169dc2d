// URLs that go to no server: data:, blob: and those that cannot be fetched.

const TEXTS = [
  'data:,',
  'data:text/plain,hi%20there',
  'data:text/plain;charset=latin1,%E9',
  'data:application/json;base64,eyJhIjoxfQ==',
  'data:;base64,aGk=#fragment',
  'data:image/svg+xml,<svg/>',
  'DATA:text/plain,upper',
];

const texts = TEXTS.map((url) => [
  url,
  async ({ F, see }) => {
    const response = await F(url);
    see(response, await response.text());
    see((await F(new Request(url))).status);
  },
]);

const blobUrl = (text = 'blob text', type = 'text/x') =>
  URL.createObjectURL(new Blob([text], { type }));

export const cases = {
  ...Object.fromEntries(texts),
  'data: with methods and headers': async ({ F, outcome }) => {
    for (const method of ['HEAD', 'POST', 'PUT']) await outcome(F('data:,x', { method }));
    await outcome(F('data:,x', { headers: { 'x-a': '1' } }));
    await outcome(F('data:,x', { mode: 'same-origin' }));
    await outcome(F('data:,x', { mode: 'no-cors' }));
    await outcome(F('data:,x', { integrity: `sha256-${'A'.repeat(43)}=` }));
  },
  'blob: in every way': async ({ F, see, outcome }) => {
    const url = blobUrl();
    const response = await F(url);
    see(response, await response.text());
    for (const init of [{ method: 'HEAD' }, { method: 'POST' }, { mode: 'no-cors' }])
      await outcome(F(url, init));
    await outcome(F(url, { headers: { range: 'bytes=0-3' } }).then((part) => part.text()));
    await outcome(F(url, { headers: { 'x-a': '1' } }));
    await outcome(F(`${url}#part`));
    URL.revokeObjectURL(url);
    await outcome(F(url));
  },
  'blob: revoked after the call': async ({ F, see }) => {
    const url = blobUrl();
    const promise = F(url);
    URL.revokeObjectURL(url);
    see(await (await promise).text());
  },
  'blob: revoked after the Request was made': async ({ F, see }) => {
    const url = blobUrl();
    const request = new Request(url);
    URL.revokeObjectURL(url);
    see(await (await F(request)).text());
  },
  'blob: empty, of another realm, called off': async ({ F, frame, mine, see, outcome }) => {
    see(await (await F(blobUrl('', ''))).text());
    const theirs = frame();
    const url = theirs.URL.createObjectURL(new theirs.Blob(['theirs']));
    see(await (await F(url)).text());
    await outcome(F(blobUrl(), { signal: AbortSignal.abort(mine('why')) }));
  },
  'an object URL of a file': async ({ F, see }) => {
    const url = URL.createObjectURL(new File(['file'], 'name.txt', { type: 'text/plain' }));
    const response = await F(url);
    see(response, (await response.blob()).type);
  },
};
