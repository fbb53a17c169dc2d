// tracedFetch beside a page that is hostile or has changed fetch, and after a trap. That it is fetch in every case: ../transparency.
import assert from 'node:assert/strict';
import { inEveryBrowser } from './support/scenarios.mjs';

inEveryBrowser({
  'the arguments are read once, in the order in which fetch reads them': async (context) => {
    await context.start();
    const [native, traced] = await context.run(async () => {
      const reads = async (call) => {
        const seen = [];
        const init = new Proxy(
          { method: 'POST', body: 'x', headers: { 'x-a': '1' } },
          {
            get(target, key) {
              seen.push(String(key));
              return target[key];
            },
          },
        );
        const input = {
          toString() {
            seen.push('url');
            return '/echo';
          },
        };
        await call(input, init);
        return seen;
      };
      return [await reads((...args) => fetch(...args)), await reads(window.t.tracedFetch)];
    });
    assert.deepEqual(traced, native);
  },

  'the referrer policy, credentials and cache of a Request survive': async (context) => {
    await context.start();
    const [native, traced] = await context.run(async () => {
      const seen = async (call) => {
        const values = [];
        for (const keepalive of [false, true])
          for (const referrerPolicy of ['origin', 'no-referrer', 'unsafe-url']) {
            const request = new Request('/echo', {
              referrer: '/page?elsewhere',
              referrerPolicy,
              keepalive,
              cache: 'no-store',
              method: 'POST',
              body: 'b',
            });
            const { h, body } = await window.J(call(request));
            values.push([h.referer, h['cache-control'], h['content-type'], body]);
          }
        return values;
      };
      return [await seen((...args) => fetch(...args)), await seen(window.t.tracedFetch)];
    });
    assert.equal(native[0][0], `${context.site.origin}/`);
    assert.equal(native[5][0], `${context.site.origin}/page?elsewhere`);
    assert.deepEqual(traced, native);
  },

  'a fetch that was replaced later is called, once, and its answer comes back': async (context) => {
    await context.start();
    const seen = await context.run(async () => {
      const answer = new Response('mine');
      const calls = [];
      window.fetch = (...args) => {
        calls.push([args.length, args[0] instanceof Request, args[0].headers.has('traceparent')]);
        return Promise.resolve(answer);
      };
      const got = await window.t.tracedFetch('/echo');
      return [calls, got === answer];
    });
    assert.deepEqual(seen, [[[1, true, true]], true]);
  },

  'what a replaced fetch throws, throws': async (context) => {
    await context.start();
    const seen = await context.run(async () => {
      const mine = new Error('mine');
      window.fetch = () => {
        throw mine;
      };
      let same = false;
      try {
        window.t.tracedFetch('/echo');
      } catch (error) {
        same = error === mine;
      }
      window.fetch = window.native;
      await window.t.flush();
      return [same, window.t.bufferedSpans().map((span) => span.attributes['error.type'])];
    });
    assert.deepEqual(seen, [true, ['Error']]);
  },

  'a rejection that nobody handles is reported once, and one that is handled never': async (
    context,
  ) => {
    await context.start();
    const count = await context.run(async () => {
      let unhandled = 0;
      addEventListener('unhandledrejection', (event) => {
        unhandled++;
        event.preventDefault();
      });
      window.t.tracedFetch('http://[');
      window.t.tracedFetch('about:blank');
      await window.t.tracedFetch('about:blank').catch(() => {});
      await new Promise((done) => setTimeout(done, 200));
      return unhandled;
    });
    assert.equal(count, 2);
  },

  'hostile pages: Headers, Request and performance that fail us': async (context) => {
    for (const [name, method] of [
      ['Headers', 'set'],
      ['Headers', 'has'],
      ['Headers', 'get'],
    ]) {
      await context.start();
      const status = await context.run(
        async (owner, key) => {
          window[owner].prototype[key] = () => {
            throw new Error('patched');
          };
          return (await window.t.tracedFetch('/echo')).status;
        },
        name,
        method,
      );
      assert.equal(status, 200, `${name}.${method}`);
    }
    await context.open();
    const statuses = await context.run(async () => {
      delete window.PerformanceObserver;
      await window.t.init({ serviceName: 'x', endpoint: null });
      const { status } = await window.t.tracedFetch('/echo');
      return [status, window.t.bufferedSpans().length];
    });
    assert.deepEqual(statuses, [200, 1], 'no observer: nothing to wait for');
  },

  'after a trap the request still goes out, once, and tracing is off': async (context) => {
    await context.start();
    const seen = await context.run(async () => {
      const grow = WebAssembly.Memory.prototype;
      // A view of the crate's memory that fails: the crate cannot be written to.
      Object.defineProperty(grow, 'buffer', {
        get() {
          throw new RangeError('trap');
        },
      });
      const key = window.tok();
      const { status } = await window.t.tracedFetch(`/echo?${key}`);
      return [status, (await window.log(key)).length, window.t.stats().started];
    });
    assert.deepEqual(seen, [200, 1, 0]);
  },
});
