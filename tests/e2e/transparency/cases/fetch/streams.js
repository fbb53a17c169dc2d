// Bodies that are streams, which browsers that send them do over HTTP/2: piece by piece, called off, broken, handed on.

const bytes = (text) => new TextEncoder().encode(text);

/** A stream and what gives it pieces; what its reader does to it is seen. */
function given(see, named) {
  let controller;
  const body = named(
    'body',
    new ReadableStream({
      start(its) {
        controller = its;
      },
      cancel: (reason) => see('cancelled', reason),
    }),
  );
  return { body, give: controller };
}

const POST = { method: 'POST', duplex: 'half' };

export const cases = {
  'piece by piece': async ({ F, at, see, named, received }) => {
    const { body, give } = given(see, named);
    const promise = F(at('/echo'), { ...POST, body });
    see(body.locked);
    give.enqueue(bytes('one'));
    see(await received(3));
    give.enqueue(bytes('two'));
    see(await received(6));
    give.close();
    const response = await promise;
    see(response.status, (await response.json()).body, body.locked);
  },
  'of a Request': async ({ F, at, see, named, received }) => {
    const { body, give } = given(see, named);
    const request = new Request(at('/echo'), { ...POST, body });
    const promise = F(request, { headers: { 'x-a': '1' } });
    see(request.bodyUsed, body.locked, request.duplex);
    give.enqueue(bytes('one'));
    see(await received(3));
    give.close();
    see((await (await promise).json()).body, request.bodyUsed);
  },
  'of a Request and of what is said beside it': async ({ F, at, see, named }) => {
    const { body, give } = given(see, named);
    const request = new Request(at('/echo'), { method: 'POST', body: 'its own' });
    give.enqueue(bytes('instead'));
    give.close();
    const { m, body: sent } = await (await F(request, { ...POST, body })).json();
    see(m, sent, request.bodyUsed);
  },
  'of a Request and of its clone': async ({ F, at, see, named }) => {
    const { body, give } = given(see, named);
    const request = new Request(at('/echo'), { ...POST, body });
    const clone = request.clone();
    give.enqueue(bytes('both'));
    give.close();
    for (const each of [request, clone]) see((await (await F(each)).json()).body, each.bodyUsed);
  },
  'of a Request whose reader somebody has': async ({ F, at, see, named, outcome }) => {
    const { body } = given(see, named);
    const request = new Request(at('/echo'), { ...POST, body });
    request.body?.getReader();
    await outcome(F(request).then(({ status }) => status));
  },
  'one that is empty': async ({ F, at, see, named }) => {
    const { body, give } = given(see, named);
    give.close();
    see((await (await F(at('/echo'), { ...POST, body })).json()).body);
  },
  'one that is long': async ({ F, at, see }) => {
    let left = 32;
    const body = new ReadableStream({
      pull(give) {
        give.enqueue(new Uint8Array(32768).fill(97));
        left -= 1;
        if (left === 0) give.close();
      },
    });
    see((await (await F(at('/echo'), { ...POST, body })).json()).body.length, left);
  },
  'called off while it is sent': async ({ F, at, see, named, mine, outcome, received }) => {
    const { body, give } = given(see, named);
    const controller = new AbortController();
    const promise = F(at('/echo'), { ...POST, body, signal: controller.signal });
    give.enqueue(bytes('one'));
    await received(3);
    controller.abort(mine('why'));
    await outcome(promise);
    see(body.locked);
  },
  'called off before': async ({ F, at, see, named, mine, outcome }) => {
    const { body } = given(see, named);
    await outcome(F(at('/echo'), { ...POST, body, signal: AbortSignal.abort(mine('why')) }));
    see(body.locked);
  },
  'one that breaks while it is sent': async ({ F, at, see, named, mine, outcome, received }) => {
    const { body, give } = given(see, named);
    const promise = F(at('/echo'), { ...POST, body });
    give.enqueue(bytes('one'));
    await received(3);
    give.error(mine('broken'));
    await outcome(promise.then(({ status }) => status));
  },
  'a piece that is text': async ({ F, at, see, named, outcome }) => {
    const { body, give } = given(see, named);
    const promise = F(at('/echo'), { ...POST, body });
    give.enqueue('text');
    await outcome(promise.then(({ status }) => status));
  },
  'answered piece by piece too': async ({ F, at, see, named, received, release }) => {
    const { body, give } = given(see, named);
    const promise = F(at('/gate'), { ...POST, body });
    give.enqueue(bytes('one'));
    await received(3);
    give.close();
    const reader = (await promise).body.getReader();
    see(new TextDecoder().decode((await reader.read()).value));
    await release();
    see(new TextDecoder().decode((await reader.read()).value));
  },
  'sent on with 303 and with 307': async ({ F, at, see, named, outcome }) => {
    for (const code of [303, 307]) {
      const { body, give } = given(see, named);
      give.enqueue(bytes('one'));
      give.close();
      const promise = F(at('/redirect', { code, to: at('/echo') }), { ...POST, body });
      await outcome(promise.then(({ status, redirected }) => [status, redirected]));
    }
  },
  'to another origin': async ({ F, elsewhere, see, named, outcome }) => {
    for (const cors of ['all', '1']) {
      const { body, give } = given(see, named);
      give.enqueue(bytes('one'));
      give.close();
      await outcome(F(elsewhere('/echo', { cors }), { ...POST, body }).then((r) => r.status));
    }
  },
  'what somebody else answered, pressed': async ({ F, at, see }) => {
    const { body: plain } = await F(at('/typed', { as: 'plain' }));
    const body = plain.pipeThrough(new CompressionStream('deflate-raw'));
    const { body: sent } = await (await F(at('/echo'), { ...POST, body })).json();
    see(sent.length, plain.locked);
  },
};
