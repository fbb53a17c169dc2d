// What a request says of itself and what it does with caches: referrer, policy, cache mode, integrity, keepalive, priority.

const POLICIES = [
  '',
  'no-referrer',
  'no-referrer-when-downgrade',
  'same-origin',
  'origin',
  'strict-origin',
  'origin-when-cross-origin',
  'strict-origin-when-cross-origin',
  'unsafe-url',
];
const CACHES = ['default', 'no-store', 'reload', 'no-cache', 'force-cache'];
const HELLO = 'sha256-4gSNfVmJplxnhExAXDbvsbMCSJ2RcrOFFkgC8/OXMKs=';

/** Reads an answer to its end: until then a keepalive body counts against what there may be of them at a time. */
const readWhole = async (promise) => {
  const response = await promise;
  await response.text();
  return response;
};

const refererOf = async (promise) => (await (await promise).json()).h.referer;

const policies = POLICIES.map((referrerPolicy) => [
  `referrer policy '${referrerPolicy}'`,
  async ({ F, at, elsewhere, see }) => {
    see(await refererOf(F(at('/echo'), { referrerPolicy })));
    see(await refererOf(F(elsewhere('/echo', { cors: 1 }), { referrerPolicy })));
    const request = (url) => new Request(url, { referrerPolicy, referrer: '/own?referrer' });
    see(await refererOf(F(request(at('/echo')))));
    see(await refererOf(F(request(elsewhere('/echo', { cors: 1 })))));
    see(await refererOf(F(request(at('/echo')), { method: 'PUT' })));
    see(await refererOf(F(request(at('/echo')), { referrerPolicy: 'unsafe-url' })));
  },
]);

const caching = CACHES.map((cache) => [
  `cache mode ${cache}`,
  async ({ F, at, see }) => {
    const url = at('/cached');
    for (const mode of ['default', cache, cache, 'default']) {
      const response = await F(url, { cache: mode });
      see(mode, response.status, await response.text());
    }
    see(await (await F(new Request(url, { cache }))).text());
  },
]);

export const cases = {
  ...Object.fromEntries([...policies, ...caching]),
  referrers: async ({ F, at, other, see, outcome }) => {
    for (const referrer of ['', 'about:client', '/own', `${other}/theirs`, 'own?a#b'])
      see(
        referrer === `${other}/theirs` || referrer,
        await refererOf(F(at('/echo'), { referrer })),
      );
    await outcome(F(at('/echo'), { referrer: 'http://[' }));
  },
  'the referrer of a Request, alone and with init': async ({ F, at, see }) => {
    for (const referrer of ['', 'about:client', '/own?query'])
      for (const init of [undefined, {}, { cache: 'no-store' }, { referrer: '/given' }])
        see(referrer, await refererOf(F(new Request(at('/echo'), { referrer }), init)));
  },
  'a policy of the document': async ({ F, at, elsewhere, see }) => {
    const meta = Object.assign(document.createElement('meta'), { name: 'referrer' });
    meta.content = 'origin';
    document.head.append(meta);
    see(await refererOf(F(at('/echo'))));
    see(await refererOf(F(elsewhere('/echo', { cors: 1 }))));
    meta.content = 'strict-origin-when-cross-origin';
    see(await refererOf(F(at('/echo'))));
    meta.remove();
  },
  'a Request of another document and its referrer': async ({ F, at, frame, see }) => {
    const inner = frame();
    see(await refererOf(F(new inner.Request(location.origin + at('/echo')))));
  },
  'only-if-cached': async ({ F, at, outcome }) => {
    const url = at('/cached');
    const init = { cache: 'only-if-cached', mode: 'same-origin' };
    await outcome(F(url, init));
    await (await F(url)).text();
    await outcome(F(url, init));
  },
  'an etag that is asked for again': async ({ F, at, see }) => {
    const url = at('/cached');
    await (await F(url)).text();
    const again = await F(url, { cache: 'no-cache' });
    see(again, await again.text());
    see((await F(url, { headers: { 'if-none-match': '"same"' } })).status);
  },
  'integrity, right, wrong and unknown': async ({ F, at, see, outcome }) => {
    const wrong = `sha256-${'A'.repeat(43)}=`;
    const plain = () => at('/typed', { as: 'plain' });
    await outcome(F(plain(), { integrity: wrong }));
    await outcome(F(plain(), { integrity: 'md5-none' }));
    await outcome(F(new Request(plain(), { integrity: wrong })));
    await outcome(F(new Request(plain(), { integrity: wrong }), { integrity: '' }));
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('plain'));
    const right = `sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
    for (const integrity of [right, `${wrong} ${right}`, `${right} ${HELLO}`])
      see(await (await F(plain(), { integrity })).text());
  },
  'integrity of no-cors': async ({ F, elsewhere, outcome }) => {
    await outcome(F(elsewhere('/typed', { as: 'plain' }), { mode: 'no-cors', integrity: HELLO }));
  },
  'keepalive: small bodies, and a Request': async ({ F, at, see }) => {
    for (const body of ['b', '*'.repeat(1000)])
      see((await readWhole(F(at('/echo'), { method: 'POST', keepalive: true, body }))).status);
    const request = new Request(at('/echo'), { method: 'POST', keepalive: true, body: 'b' });
    see((await (await F(request)).json()).body, request.bodyUsed);
    see((await readWhole(F(at('/echo'), { keepalive: true }))).status);
  },
  'keepalive keeps referrer, policy, signal and headers': async (tools) => {
    const { F, at, mine, see, outcome } = tools;
    for (const referrerPolicy of POLICIES) {
      const init = { keepalive: true, referrerPolicy, referrer: '/own?query', method: 'POST' };
      const promise = F(at('/echo'), { ...init, headers: { 'x-a': '1' }, body: 'b' });
      const { h, body } = await (await promise).json();
      see(h.referer, h['x-a'], h['content-type'], body);
    }
    see(await refererOf(F(at('/echo'), { keepalive: true, referrer: '' })));
    const signal = AbortSignal.abort(mine('why'));
    await outcome(F(at('/echo'), { keepalive: true, signal }));
  },
  'keepalive: as much as there may be, and one byte more': async ({ F, at, outcome }) => {
    for (const body of ['*'.repeat(65536), '*'.repeat(65537), new Blob(['*'.repeat(65537)])])
      await outcome(readWhole(F(at('/echo'), { method: 'POST', keepalive: true, body })));
  },
  'keepalive called off': async ({ F, at, mine, outcome, arrived }) => {
    const controller = new AbortController();
    const init = { keepalive: true, method: 'POST', body: 'b', signal: controller.signal };
    const promise = F(at('/hold'), init);
    await arrived();
    controller.abort(mine('why'));
    await outcome(promise);
  },
  priorities: async ({ F, at, see }) => {
    for (const priority of ['high', 'low', 'auto'])
      see((await (await F(at('/echo'), { priority })).json()).h.priority);
  },
  'methods and their case': async ({ F, at, see }) => {
    const METHODS = ['get', 'Post', 'pUT', 'delete', 'patch', 'Patch', 'head', 'options', 'own'];
    for (const method of METHODS) {
      see(method, (await F(at('/typed', { as: 'plain' }), { method })).status);
      see(new Request(at('/echo'), { method }).method);
    }
  },
};
