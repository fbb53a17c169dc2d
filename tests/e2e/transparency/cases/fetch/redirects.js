// Redirects: what arrives where, with which method, body and headers; and how the answer shows it.

const CODES = [301, 302, 303, 307, 308];

const followed = CODES.flatMap((code) =>
  ['GET', 'POST', 'PUT', 'HEAD'].map((method) => [
    `${code} after ${method}`,
    async ({ F, at, see }) => {
      const body = /P/.test(method) ? 'text' : undefined;
      const init = { method, body, headers: { 'x-a': '1' } };
      see(await F(at('/redirect', { code, to: at('/typed', { as: 'plain' }) }), init));
    },
  ]),
);

const MODES = ['follow', 'manual', 'error'];

const modes = MODES.map((redirect) => [
  `redirect: ${redirect}`,
  ({ F, at, outcome }) =>
    outcome(F(at('/redirect', { to: at('/status', { code: 204 }) }), { redirect })),
]);

export const cases = {
  ...Object.fromEntries([...followed, ...modes]),
  'redirect of a Request': async ({ F, at, outcome }) => {
    const url = at('/redirect', { to: at('/status', { code: 204 }) });
    for (const redirect of MODES) await outcome(F(new Request(url, { redirect })));
    await outcome(F(new Request(url, { redirect: 'error' }), { redirect: 'follow' }));
  },
  'several in a row': async ({ F, at, see }) => {
    const last = at('/status', { code: 204 });
    const second = at('/redirect', { code: 307, to: last });
    see(await F(at('/redirect', { code: 303, to: second })));
  },
  'too many': ({ F, at, outcome }) => outcome(F(at('/loop'))),
  'without a location': async ({ F, at, see }) => {
    see(await F(at('/status', { code: 302 })));
  },
  'to a place that is none': async ({ F, at, outcome }) => {
    for (const to of ['http://[', 'data:,x', 'about:blank', 'javascript:1', 'http://u:p@[::1]:1/'])
      await outcome(F(at('/redirect', { to })));
  },
  fragments: async ({ F, at, see }) => {
    const last = at('/status', { code: 204 });
    see((await F(`${at('/redirect', { to: last })}#own`)).url);
    see((await F(`${at('/redirect', { to: `${last}#theirs` })}#own`)).url);
  },
  'to another origin that allows it': async ({ F, at, elsewhere, see }) => {
    see(await F(at('/redirect', { to: elsewhere('/typed', { as: 'plain', cors: 1 }) })));
  },
  'to another origin that does not': ({ F, at, elsewhere, outcome }) =>
    outcome(F(at('/redirect', { to: elsewhere('/echo') }))),
  "to another origin with a header of one's own": async ({ F, at, elsewhere, outcome }) => {
    const init = { headers: { 'x-a': '1' } };
    await outcome(F(at('/redirect', { to: elsewhere('/echo', { cors: 1 }) }), init));
    await outcome(F(at('/redirect', { to: elsewhere('/echo', { cors: 'all' }) }), init));
  },
  'authorization stays at its origin': async ({ F, at, elsewhere, see }) => {
    const init = { headers: { authorization: 'Basic YQ==' } };
    see((await F(at('/redirect', { to: at('/status', { code: 204 }) }), init)).status);
    const to = elsewhere('/status', { code: 204, cors: 'cred' });
    see((await F(at('/redirect', { to }), init)).status);
  },
  'to another origin and back': async ({ F, at, elsewhere, outcome }) => {
    const back = location.origin + at('/status', { code: 204 });
    await outcome(F(at('/redirect', { to: elsewhere('/redirect', { to: back, cors: 1 }) })));
  },
  'from another origin to here': async ({ F, at, elsewhere, outcome }) => {
    const to = location.origin + at('/status', { code: 204, cors: 1 });
    await outcome(F(elsewhere('/redirect', { to, cors: 1 })));
  },
  'no-cors, to another origin': async ({ F, at, elsewhere, see }) => {
    see(await F(at('/redirect', { to: elsewhere('/echo') }), { mode: 'no-cors' }));
    see(await F(elsewhere('/redirect', { to: at('/echo') }), { mode: 'no-cors' }));
  },
  'same-origin, to another origin': ({ F, at, elsewhere, outcome }) =>
    outcome(F(at('/redirect', { to: elsewhere('/echo', { cors: 1 }) }), { mode: 'same-origin' })),
  'called off behind a redirect': async ({ F, at, mine, outcome, arrived }) => {
    const controller = new AbortController();
    const promise = F(at('/redirect', { to: at('/hold') }), { signal: controller.signal });
    await arrived(2);
    controller.abort(mine('why'));
    await outcome(promise);
  },
};
