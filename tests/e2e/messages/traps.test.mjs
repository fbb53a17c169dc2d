// A wasm trap in any call of the crate, at every entry point: the page's work is done, once, and one line says so.
import assert from 'node:assert/strict';
import { inEveryBrowser } from './support/in-page.mjs';

/** Runs in the page. Each does something with `t` and tells what the page sees of it, which no trap may change. */
const ENTRY_POINTS = {
  span: [
    (t) => {
      const parent = { traceparent: window.traceparent(1), baggage: 'a=1' };
      const span = t.startSpan('s', {
        parent,
        attributes: { a: 'x', b: [1, 2] },
        links: [{ context: parent, attributes: { c: 1 } }],
      });
      span
        .setAttribute('a', 1)
        .setAttributes({ b: ['x'] })
        .addEvent('e', { a: true })
        .addLink(parent);
      span.setStatus('error', 'm').setOk().recordException(new Error('x')).updateName('n');
      const child = span.child('c', { attributes: { a: 1 } });
      const inside = span.run(() => t.activeSpan() === span);
      const bound = child.bind((a, b) => [a, b, t.activeSpan() === child])(1, 2);
      child.inject(new Headers());
      child.end();
      span.end();
      return [inside, bound, t.activeSpan() === undefined];
    },
    [true, [1, 2, true], true],
  ],
  functions: [
    async (t) => {
      const ran = [];
      const run = (name, value) => () => {
        ran.push(name);
        return value;
      };
      const fail = (name) => () => {
        ran.push(name);
        throw new RangeError(name);
      };
      const caught = (work) => {
        try {
          return work();
        } catch (error) {
          return error.message;
        }
      };
      return [
        t.withSpan('a', run('sync', 1)),
        await t.withSpan('a', { attributes: { a: 1 } }, async () => run('async', 2)()),
        caught(() => t.withSpan('a', fail('throws'))),
        await t.withSpan('a', async () => fail('rejects')()).catch((error) => error.message),
        t.traceApiCall('a', run('api', 3)),
        t.traceFlow('a', { attributes: { f: 1 } }, run('flow', 4)),
        t.traceUpdate('a', run('update', 5)),
        t.traced('a', (a) => run('traced', a)())(6),
        ran,
      ];
    },
    [
      1,
      2,
      'throws',
      'rejects',
      3,
      4,
      5,
      6,
      ['sync', 'async', 'throws', 'rejects', 'api', 'flow', 'update', 'traced'],
    ],
  ],
  requests: [
    async (t) => {
      const native = window.fetch;
      let calls = 0;
      window.fetch = (...args) => {
        // When all is off, what is no request reaches the native function too, and goes no further.
        if (args[0] !== 'http://[') calls++;
        return native(...args);
      };
      try {
        const answers = [
          await t.tracedFetch('/page', { method: 'POST', body: 'b' }),
          await t.startSpan('s').fetch('/page'),
        ];
        const refused = await t.tracedFetch('http://[').catch((error) => error.name);
        return [answers.map(({ status }) => status), refused, calls];
      } finally {
        window.fetch = native;
      }
    },
    [[200, 200], 'TypeError', 2],
  ],
  messages: [
    async (t) => {
      const text = JSON.stringify({ traceparent: window.traceparent(2), n: 1 });
      const ran = [];
      const results = [
        t.traceMessage(text, () => ran.push('handler')),
        await t.traceMessage(text, async () => ran.push('async handler'), { relation: 'link' }),
      ];
      t.extractMessageContext(text);
      t.extractMessageContexts([{ traceparent: window.traceparent(3) }]);
      const message = { n: 1 };
      const same = t.injectMessageContext(message, t.startSpan('s')) === message && message.n === 1;
      return [results, ran, same];
    },
    [[1, 2], ['handler', 'async handler'], true],
  ],
  sockets: [
    async (t) => {
      const socket = t.tracedWebSocket(window.U('/echo'));
      const seen = [];
      const data = JSON.stringify({ traceparent: window.traceparent(4) });
      socket.addEventListener('message', (event) => seen.push(['first', event.data === data]));
      socket.onmessage = (event) => seen.push(['second', event.data === data]);
      await window.ev(socket, 'open');
      await window.exchange(socket, data);
      await window.exchange(socket, data);
      socket.close();
      return seen;
    },
    [
      ['first', true],
      ['second', true],
      ['first', true],
      ['second', true],
    ],
  ],
  'the rest': [
    async (t) => {
      const seen = [];
      const remove = t.onSpanEnd(() => seen.push('listener'));
      t.setAttributes({ tenant: 'x' });
      t.tracePageLoad('page').setAttribute('a', 1).end();
      t.startSpan('s').end();
      await window.sleep(5);
      t.bufferedSpans();
      t.exportBuffer();
      t.exportBuffer('protobuf');
      t.clearBuffer();
      t.stats();
      dispatchEvent(new Event('online'));
      dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
      await t.flush();
      remove();
      await t.shutdown();
      return typeof t.stats().started;
    },
    'number',
  ],
};

/** Wraps the exports of every instance: the one that is called when the count is down traps. */
function countCalls() {
  window.left = Infinity;
  // What comes after that must not come.
  window.after = 0;
  const counted =
    (work) =>
    (...args) => {
      if (window.left === 0) window.after++;
      else if (--window.left === 0) throw new WebAssembly.RuntimeError('deliberate');
      return work(...args);
    };
  const wrap = ([name, value]) => [name, typeof value === 'function' ? counted(value) : value];
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(Native, args) {
      const { exports } = new Native(...args);
      return { exports: Object.fromEntries(Object.entries(exports).map(wrap)) };
    },
  });
}

/** What a fresh copy of the package does at an entry point, when its call number `at` of the crate traps. */
const trapAt = (run, entryPoint, at) =>
  run(`(async () => {
    const t = await import('/dist/index.js?' + Math.random());
    const entryPoint = ${entryPoint};
    window.compiled ??= await WebAssembly.compileStreaming(fetch('/dist/tracelink.wasm'));
    const options = { serviceName: 'page', endpoint: null, wasm: { module: window.compiled } };
    await t.init(options);
    window.after = 0;
    window.left = ${at};
    const during = await entryPoint(t);
    // Timers and frames that are on their way still call.
    await window.sleep(20);
    const trapped = window.left === 0;
    const { after } = window;
    window.left = Infinity;
    const again = trapped ? await entryPoint(t) : structuredClone(during);
    const stays = !trapped || !(await t.init(options)).ok;
    await t.shutdown({ discard: true });
    return { trapped, during, again, after, stays };
  })()`);

async function trapInEachCall({ open, run, said }, [entryPoint, expected]) {
  await open({ entry: null });
  await run(countCalls);
  let trapped = true;
  let at = 0;
  while (trapped) {
    at++;
    const seen = await trapAt(run, entryPoint, at);
    trapped = seen.trapped;
    const where = `call ${at}`;
    assert.deepEqual(seen.during, expected, where);
    assert.deepEqual(seen.again, expected, `${where}, and once more when all is off`);
    assert.equal(seen.after, 0, `${where}: the crate is called after its trap`);
    assert.equal(seen.stays, true, `${where}: it stays off`);
    const lines = said();
    assert.equal(lines.length, trapped ? 1 : 0, `${where}: ${lines}`);
    if (trapped) assert.match(lines[0], /stopped after an internal error/);
    assert.ok(at < 200, where);
  }
  assert.ok(at > 4, `it called the crate ${at - 1} times`);
}

inEveryBrowser(
  'a trap in each call of the crate',
  Object.fromEntries(
    Object.entries(ENTRY_POINTS).map(([name, entryPoint]) => [
      name,
      (context) => trapInEachCall(context, entryPoint),
    ]),
  ),
);
