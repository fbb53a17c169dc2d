// The states of the shell: off, every refusal, starting with its replay, on, and off again after shutdown or a trap.
import assert from 'node:assert/strict';

export const states = {
  'importing does nothing': async ({ site, open, run }) => {
    await open({ entry: null });
    site.requested.length = 0;
    const touched = await run(async () => {
      const called = [];
      const watched = ['addEventListener', 'setTimeout', 'fetch', 'queueMicrotask'];
      const known = ['WebSocket', 'XMLHttpRequest', 'PerformanceObserver', 'MutationObserver'];
      for (const name of watched) {
        const real = window[name];
        window[name] = (...args) => {
          called.push(name);
          return real.apply(window, args);
        };
      }
      const before = Reflect.ownKeys(window);
      const values = [...watched, ...known].map((name) => window[name]);
      await import('/dist/index.js');
      const added = Reflect.ownKeys(window).filter((key) => !before.includes(key));
      const changed = [...watched, ...known].filter((name, at) => window[name] !== values[at]);
      return { called, added: added.map(String), changed };
    });
    assert.deepEqual(touched, { called: [], added: [], changed: [] });
    assert.deepEqual(site.requested, ['/dist/index.js']);
  },

  'off: everything runs, nothing is recorded': async ({ open, run, stats }) => {
    await open();
    const seen = await run(async () => {
      const { t } = window;
      const span = t.startSpan('a', { attributes: { a: 1 } });
      span.setAttribute('b', 2).addEvent('e').setOk().recordException('x').updateName('c');
      const inner = t.withSpan('b', (below) => [below.sampled, t.activeSpan() === below]);
      let same = false;
      const error = new Error('mine');
      try {
        t.traceApiCall('c', () => {
          throw error;
        });
      } catch (caught) {
        same = caught === error;
      }
      span.end();
      const carrier = span.inject({});
      return [span.sampled, inner[0], same, carrier, t.bufferedSpans(), await t.flush()];
    });
    const flushed = { delivered: 0, pending: 0, persisted: 0, dropped: 0 };
    assert.deepEqual(seen, [false, false, true, {}, [], flushed]);
    assert.equal((await stats()).started, 0);
  },

  'enabled: false loads nothing': async ({ site, open, run }) => {
    await open();
    site.requested.length = 0;
    const result = await run(() => window.t.init({ serviceName: 'x', enabled: false }));
    assert.deepEqual(result, { ok: false, reason: 'disabled' });
    assert.deepEqual(site.requested, []);
  },

  'a policy that forbids wasm: csp, and nothing of ours is printed': async (context) => {
    const { site, open, run } = context;
    await open({ csp: "script-src 'self' 'unsafe-inline'" });
    site.requested.length = 0;
    const result = await run(() => window.t.init({ serviceName: 'x', endpoint: null }));
    assert.deepEqual(result, { ok: false, reason: 'csp' });
    assert.deepEqual(site.requested, []);
    assert.equal(await run(() => window.t.withSpan('a', () => 7)), 7);
  },

  'a browser without what we need: unsupported': async ({ open, run, load, site }) => {
    for (const missing of ['WebAssembly', 'structuredClone']) {
      await open({ entry: null });
      await run((name) => delete window[name], missing);
      await load('index');
      site.requested.length = 0;
      const result = await run(() => window.t.init({ serviceName: 'x', endpoint: null }));
      assert.deepEqual(result, { ok: false, reason: 'unsupported' }, missing);
      assert.deepEqual(site.requested, []);
    }
  },

  'a wasm that does not arrive: load with a warning, and a later init may succeed': async ({
    open,
    run,
    said,
  }) => {
    await open();
    const results = await run(async () => {
      const attempt = async (wasm) => {
        const { ok, reason, error } = await window.t.init({
          serviceName: 'x',
          endpoint: null,
          wasm,
        });
        return [ok, reason ?? '', error instanceof Error && error.message !== ''];
      };
      return [
        await attempt({ url: '/nowhere.wasm' }),
        await attempt({ url: new URL('/page', location.href) }),
        await attempt({ url: 'http://127.0.0.1:1/closed.wasm' }),
        await attempt({ bytes: new Uint8Array([1, 2, 3]) }),
        // A module, but somebody else's: it has nothing in it.
        await attempt({ bytes: new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]) }),
        await attempt({ url: '/dist/tracelink.wasm' }),
      ];
    });
    const refused = [false, 'load', true];
    assert.deepEqual(results, [...Array(5).fill(refused), [true, '', false]]);
    const warnings = said();
    assert.equal(warnings.length, 5);
    assert.ok(warnings.every((line) => line.includes('tracelink is off')));
  },

  'a page instead of the wasm: the error says so': async ({ site, open, run, said }) => {
    await open();
    const message = await run(async () => {
      const options = { serviceName: 'x', endpoint: null, wasm: { url: '/page' } };
      return (await window.t.init(options)).error.message;
    });
    assert.match(message, /^the server answered 200 text\/html.* for /);
    assert.ok(message.endsWith(`${site.url}/page`), message);
    assert.equal(said().length, 1);
  },

  "the package's own wasm, as wasm-pack built it": async ({ open, run }) => {
    await open();
    const names = await run(async () => {
      const bytes = await (await fetch('/pkg/tracelink_bg.wasm')).arrayBuffer();
      const names = [];
      for (const wasm of [
        { url: '/pkg/tracelink_bg.wasm' },
        { bytes },
        { module: new WebAssembly.Module(bytes) },
      ]) {
        await window.t.init({ serviceName: 'x', endpoint: null, wasm });
        window.t.traceMessage('{}', () => {}, { attributes: { n: 1 } });
        names.push(...window.t.bufferedSpans().map(({ name, attributes }) => name + attributes.n));
        await window.t.shutdown();
      }
      return names;
    });
    assert.deepEqual(names, ['process1', 'process1', 'process1']);
  },

  'init twice: the first result, one warning if the options differ': async ({
    open,
    run,
    said,
  }) => {
    await open();
    const same = await run(async () => {
      const options = () => ({ serviceName: 'x', endpoint: null });
      const first = window.t.init(options());
      const second = window.t.init(options());
      await first;
      return first === second && first === window.t.init(options());
    });
    assert.equal(same, true);
    assert.deepEqual(said(), []);
    await run(() => window.t.init({ serviceName: 'y', endpoint: null }));
    assert.equal(said().length, 1);
  },

  'a module or the inline entry: on when init returns': async ({
    open,
    run,
    stats,
    browserName,
  }) => {
    await open();
    const names = await run(async () => {
      const { t } = window;
      const response = await fetch('/dist/tracelink.wasm');
      const module = await WebAssembly.compile(await response.arrayBuffer());
      const done = t.init({ serviceName: 'x', endpoint: null, wasm: { module } });
      const span = t.startSpan('at once');
      const { sampled } = span;
      span.end();
      const atOnce = [sampled, t.stats().kept, t.exportBuffer('protobuf').length > 0];
      // What reads spans is a file of its own, and comes later.
      const early = [t.bufferedSpans(), t.exportBuffer()];
      await done;
      return [atOnce, early, t.bufferedSpans().map(({ name }) => name)];
    });
    assert.deepEqual(names, [[true, 1, true], [[], '{"resourceSpans":[]}'], ['at once']]);
    await stats();
    await open({ entry: 'inline' });
    const inline = await run(async () => {
      const { t } = window;
      const done = t.init({ serviceName: 'x', endpoint: null });
      const span = t.startSpan('a');
      const { sampled } = span;
      span.end();
      return [sampled, t.bufferedSpans().map(({ name }) => name), await done];
    });
    assert.deepEqual(inline, [true, ['a'], { ok: true }], browserName);
  },

  'shutdown, and handles of the life before': async ({ open, run, stats }) => {
    await open();
    const [after, spans] = await run(async () => {
      const { t } = window;
      const options = { serviceName: 'x', endpoint: null };
      await t.init(options);
      const old = Array.from({ length: 20 }, (_, index) => t.startSpan(`old ${index}`));
      await t.shutdown();
      const after = [t.startSpan('off').sampled, t.bufferedSpans(), t.stats().started];
      await t.init(options);
      const fresh = Array.from({ length: 20 }, (_, index) => t.startSpan(`new ${index}`));
      for (const span of old) {
        span.setAttribute('old', true).updateName('taken over').setStatus('error').addEvent('e');
        span.end();
      }
      for (const span of fresh) span.end();
      return [after, t.bufferedSpans()];
    });
    assert.deepEqual(after, [false, [], 0]);
    assert.equal(spans.length, 20);
    for (const span of spans) {
      assert.match(span.name, /^new /);
      assert.deepEqual([span.attributes, span.events, span.status.code], [{}, [], 'unset']);
    }
    assert.equal((await stats()).ended, 20);
  },

  'a trap: the call of the page goes on, one line, and all is off': async (context) => {
    const { open, run, said, site } = context;
    await open();
    const sink = site.sink();
    const seen = await run(async (endpoint) => {
      const { t } = window;
      const Real = WebAssembly.Instance;
      // The real crate, until every export traps.
      const trap = new WebAssembly.Module(
        Uint8Array.from(atob('AGFzbQEAAAABBAFgAAADAgEABwUBAXQAAAoFAQMAAAs='), (c) =>
          c.charCodeAt(0),
        ),
      );
      const { t: unreachable } = new Real(trap).exports;
      let armed = false;
      WebAssembly.Instance = function Instance(...args) {
        const exports = { ...new Real(...args).exports };
        for (const [name, real] of Object.entries(exports)) {
          if (typeof real === 'function')
            exports[name] = (...given) => (armed ? unreachable() : real(...given));
        }
        return { exports };
      };
      await t.init({ serviceName: 'x', endpoint });
      const before = t.startSpan('before');
      const unanswered = t.flush();
      armed = true;
      const result = t.withSpan('trapped', (span) => {
        span.setAttribute('n', 1);
        return 42;
      });
      armed = false;
      before.setAttribute('n', 2).end();
      const again = await t.init({ serviceName: 'x', endpoint });
      return {
        result,
        again: [again.ok, again.reason],
        flushed: await unanswered,
        started: t.stats().started,
        sampled: t.startSpan('after').sampled,
      };
    }, sink.url);
    assert.equal(seen.result, 42);
    assert.equal(seen.started, 0);
    assert.equal(seen.sampled, false);
    assert.deepEqual(seen.again, [false, 'load']);
    assert.equal(said().length, 1);
    assert.deepEqual(sink.requests, []);
  },

  'after a trap, and after shutdown, the crate is not called any more': async (context) => {
    const { open, run, said } = context;
    for (const ending of ['trap', 'shutdown']) {
      await open();
      const called = await run(async (end) => {
        const { t } = window;
        const Real = WebAssembly.Instance;
        const called = [];
        let over = false;
        WebAssembly.Instance = function Instance(...args) {
          const exports = { ...new Real(...args).exports };
          for (const [name, real] of Object.entries(exports)) {
            if (typeof real !== 'function') continue;
            exports[name] = (...given) => {
              if (!over) return real(...given);
              called.push(name);
              throw new WebAssembly.RuntimeError('unreachable');
            };
          }
          return { exports };
        };
        await t.init({ serviceName: 'x', endpoint: null, flushIntervalMs: 20 });
        t.tracePageLoad();
        const span = t.startSpan('a', { attributes: { a: 1 } });
        // It has ended, and waits for its timing.
        await t.tracedFetch(`/?${end}`);
        if (end === 'shutdown') await t.shutdown({ discard: true });
        over = true;
        span.setAttributes({ a: 1, b: 2, c: 3 });
        span.addLink(t.startSpan('b')).addEvent('e', { a: 1 }).end();
        await new Promise((resolve) => setTimeout(resolve, 100));
        t.stats();
        t.bufferedSpans();
        return called.length;
      }, ending);
      const traps = ending === 'trap' ? 1 : 0;
      assert.deepEqual([called, said().length], [traps, traps], ending);
    }
  },

  'an exhausted stack: the error of the page passes, tracing may stop, nothing else': async (
    context,
  ) => {
    const { run, said, start } = context;
    await start();
    const seen = await run(() => {
      const { t } = window;
      let depth = 0;
      const dive = () => {
        depth++;
        t.withSpan('deeper', (span) => {
          span.setAttribute('depth', depth);
          dive();
        });
      };
      try {
        dive();
        return 'returned';
      } catch (error) {
        return [error.name, depth > 100];
      }
    });
    assert.ok(['RangeError', 'InternalError'].includes(seen[0]), String(seen));
    assert.equal(seen[1], true);
    assert.ok(said().length <= 1);
    assert.equal(await run(() => window.t.withSpan('after', () => 5)), 5);
  },
};
