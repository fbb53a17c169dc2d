// Calling a request off: before, while it waits, while its body comes, afterwards; the reason is the page's own object.

/** What an abort gives for each reason. */
const REASONS = {
  'an object': () => ({ mine: true }),
  'an error': () => new Error('mine'),
  'nothing given': () => undefined,
  null: () => null,
  'a text': () => 'text',
  'a function': () => () => {},
};

const called = (reason) => {
  const controller = new AbortController();
  controller.abort(reason);
  return controller.signal;
};

const nameOf = (named, why) => (Object(why) === why ? named('why', why) : why);

const before = Object.entries(REASONS).map(([name, reasonOf]) => [
  `before, with ${name}`,
  async ({ F, at, named, outcome }) => {
    const signal = called(nameOf(named, reasonOf()));
    if (typeof signal.reason === 'object' && signal.reason) named('the reason', signal.reason);
    await outcome(F(at('/echo'), { signal }));
  },
]);

const waiting = Object.entries(REASONS).map(([name, reasonOf]) => [
  `while it waits, with ${name}`,
  async ({ F, at, named, outcome, arrived }) => {
    const controller = new AbortController();
    const promise = F(at('/hold'), { signal: controller.signal });
    await arrived();
    controller.abort(nameOf(named, reasonOf()));
    await outcome(promise);
    await outcome(promise);
  },
]);

export const cases = {
  ...Object.fromEntries([...before, ...waiting]),
  'in the task of the call': async ({ F, mine, see, outcome }) => {
    const controller = new AbortController();
    const promise = F('data:,x', { signal: controller.signal });
    controller.abort(mine('why'));
    see('called off');
    await outcome(promise);
  },
  'listeners of the signal, the rejection and the code after abort()': async (tools) => {
    const { F, at, mine, see, arrived, turn } = tools;
    const controller = new AbortController();
    const { signal } = controller;
    signal.addEventListener('abort', () => see('listener before', signal.reason));
    signal.onabort = () => see('onabort');
    const promise = F(at('/hold'), { signal });
    signal.addEventListener('abort', () => see('listener after'));
    promise.then(
      () => see('fulfilled'),
      (error) => see('rejected', error),
    );
    await arrived();
    controller.abort(mine('why'));
    see('after abort');
    await turn();
    see('next task');
  },
  'between headers and body': async ({ F, at, mine, see, outcome }) => {
    const controller = new AbortController();
    const response = await F(at('/gate'), { signal: controller.signal });
    see(response.status, response.bodyUsed);
    controller.abort(mine('why'));
    await outcome(response.text());
    see(response.bodyUsed);
  },
  'while the body is read': async ({ F, at, mine, see, outcome }) => {
    const controller = new AbortController();
    const { body } = await F(at('/gate'), { signal: controller.signal });
    const reader = body.getReader();
    see((await reader.read()).value.length);
    const rest = reader.read();
    controller.abort(mine('why'));
    await outcome(rest);
    await outcome(reader.closed);
  },
  'while text() waits': async ({ F, at, mine, outcome }) => {
    const controller = new AbortController();
    const response = await F(at('/gate'), { signal: controller.signal });
    const text = response.text();
    controller.abort(mine('why'));
    await outcome(text);
  },
  'a clone is called off too': async ({ F, at, mine, outcome }) => {
    const controller = new AbortController();
    const response = await F(at('/gate'), { signal: controller.signal });
    const clone = response.clone();
    const both = [response.text(), clone.text()];
    controller.abort(mine('why'));
    for (const text of both) await outcome(text);
  },
  'after everything has come': async ({ F, at, see }) => {
    const controller = new AbortController();
    const response = await F(at('/typed', { as: 'plain' }), { signal: controller.signal });
    const text = await response.text();
    controller.abort();
    see(text, response.ok, controller.signal.aborted);
  },
  'AbortSignal.timeout': async ({ F, at, outcome }) => {
    await outcome(F(at('/hold'), { signal: AbortSignal.timeout(30) }));
  },
  'AbortSignal.timeout during the body': async ({ F, at, outcome }) => {
    const response = await F(at('/gate'), { signal: AbortSignal.timeout(500) });
    await outcome(response.text());
  },
  'AbortSignal.any: the first wins': async ({ F, at, mine, outcome, arrived, attempt }) => {
    if (!AbortSignal.any) return attempt('any', () => AbortSignal.any);
    const [one, two] = [new AbortController(), new AbortController()];
    const promise = F(at('/hold'), { signal: AbortSignal.any([one.signal, two.signal]) });
    await arrived();
    two.abort(mine('two'));
    one.abort(mine('one'));
    return outcome(promise);
  },
  'AbortSignal.any of one that is called off': async ({ F, at, mine, outcome }) => {
    const signals = [new AbortController().signal, AbortSignal.abort(mine('why'))];
    await outcome(F(at('/echo'), { signal: AbortSignal.any(signals) }));
  },
  'one signal for several requests': async ({ F, at, mine, outcome, arrived }) => {
    const controller = new AbortController();
    const { signal } = controller;
    const all = [];
    // Sent at once they would reach the server in any order.
    for (const n of [1, 2, 3]) {
      all.push(F(at('/hold', { n }), { signal }));
      await arrived(n);
    }
    controller.abort(mine('why'));
    for (const each of all) await outcome(each);
  },
  'the signal of a Request': async ({ F, at, mine, see, outcome, arrived }) => {
    const controller = new AbortController();
    const request = new Request(at('/hold'), { signal: controller.signal });
    const promise = F(request);
    see(request.signal === controller.signal, request.signal.aborted);
    await arrived();
    controller.abort(mine('why'));
    see(request.signal.aborted, request.signal.reason);
    await outcome(promise);
  },
  'the signal of init instead of the one of a Request': async (tools) => {
    const { F, at, mine, see, outcome, arrived } = tools;
    const [own, given] = [new AbortController(), new AbortController()];
    const request = new Request(at('/hold'), { signal: own.signal });
    const promise = F(request, { signal: given.signal });
    await arrived();
    own.abort(mine('own'));
    see(given.signal.aborted);
    given.abort(mine('given'));
    await outcome(promise);
  },
  'signal null takes the one of a Request away': async (tools) => {
    const { F, at, mine, outcome, arrived, release } = tools;
    const own = new AbortController();
    const promise = F(new Request(at('/hold'), { signal: own.signal }), { signal: null });
    await arrived();
    own.abort(mine('own'));
    await release();
    await outcome(promise.then((response) => response.text()));
  },
  'a signal of another realm': async ({ F, at, mine, frame, outcome, arrived }) => {
    const controller = new (frame().AbortController)();
    const promise = F(at('/hold'), { signal: controller.signal });
    await arrived();
    controller.abort(mine('why'));
    await outcome(promise);
  },
  'a second abort changes nothing': async ({ F, at, mine, outcome, arrived }) => {
    const controller = new AbortController();
    const promise = F(at('/hold'), { signal: controller.signal });
    await arrived();
    controller.abort(mine('first'));
    controller.abort(mine('second'));
    await outcome(promise);
  },
  'abort in the handler of the answer': async ({ F, at, mine, outcome }) => {
    const controller = new AbortController();
    const text = F(at('/gate'), { signal: controller.signal }).then((response) => {
      controller.abort(mine('why'));
      return response.text();
    });
    await outcome(text);
  },
};
