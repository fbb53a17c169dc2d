// The end of a page, or what may be it: what is sent when it is hidden, left, closed, kept and brought back.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const NEVER = 600_000;
/** What browsers let out of a page that is gone, for all requests together; with fetchLater as much again. */
const KEEPALIVE_BYTES = 65_536;

const work = (run) =>
  run(() => {
    const { t } = window;
    window.left = t.startSpan('open');
    t.withSpan('ended', (span) => span.setAttribute('a', 1));
  });

async function assertLeft(sink) {
  await sink.until(() => sink.spans().length >= 2);
  const by = Object.fromEntries(sink.spans().map((span) => [span.name, span.attributes]));
  assert.deepEqual(by, { ended: { a: 1 }, open: { 'tracelink.incomplete': true } });
}

/** Many spans that ended just before, then the page goes. */
async function leaveWithMany(context, options) {
  const { site, start, run, page } = context;
  const sink = site.sink({ here: true });
  await start({ endpoint: sink.url, flushIntervalMs: NEVER, ...options });
  // Under the size that is sent at once.
  await run(() => {
    for (let index = 0; index < 600; index++)
      window.t.startSpan(`s${index}`, { attributes: { a: index, b: true, c: 'x' } }).end();
  });
  await page.goto(site.page());
  await sink.until(() => sink.spans().length >= 15);
  await sleep(500);
  return sink;
}

const hide = (run, hidden) =>
  run((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    Object.defineProperty(document, 'visibilityState', {
      configurable: true,
      get: () => (hidden ? 'hidden' : 'visible'),
    });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, hidden);

export const exit = {
  'navigating away: ended and open spans arrive': async ({ site, start, run, page }) => {
    for (const here of [true, false]) {
      const sink = site.sink({ here });
      await start({ endpoint: sink.url, flushIntervalMs: NEVER });
      await work(run);
      // A page that listens for this is not kept for a way back.
      await run(() => addEventListener('unload', () => {}));
      await page.goto(site.page({ second: 1 }));
      await assertLeft(sink);
    }
  },

  'closing the tab: ended and open spans arrive': async (context) => {
    const { site, start, run, page, browserName } = context;
    // Measured: of what is sent while a tab closes, Firefox loses one request in four, the page's own too.
    if (browserName === 'firefox') return;
    const sink = site.sink({ here: true });
    await start({ endpoint: sink.url, flushIntervalMs: NEVER });
    await work(run);
    await page.close();
    await assertLeft(sink);
  },

  'hidden: what ended is sent, what is open stays': async ({ site, start, run, stats }) => {
    const sink = site.sink();
    await start({ endpoint: sink.url, flushIntervalMs: NEVER });
    await work(run);
    await hide(run, true);
    await sink.until(() => sink.spans().length === 1);
    assert.deepEqual(sink.names(), ['ended']);
    await hide(run, false);
    await run(() => window.left.end());
    await run(() => window.t.flush());
    assert.deepEqual(sink.names(), ['ended', 'open']);
    assert.deepEqual(sink.spans()[1].attributes, {});
    assert.equal((await stats()).delivered, 2);
  },

  'frozen: as when it is hidden': async ({ site, start, run }) => {
    const sink = site.sink();
    await start({ endpoint: sink.url, flushIntervalMs: NEVER });
    await work(run);
    await run(() => document.dispatchEvent(new Event('freeze')));
    await sink.until(() => sink.spans().length === 1);
    assert.deepEqual(sink.names(), ['ended']);
  },

  'kept in the cache and back: open spans go on': async ({ site, start, run, stats }) => {
    const sink = site.sink();
    await start({ endpoint: sink.url, flushIntervalMs: NEVER });
    await work(run);
    await run(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
    await sink.until(() => sink.spans().length === 1);
    sink.answers = [{ status: 503 }];
    await run(() => {
      window.t.startSpan('between').end();
      dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    });
    await sink.until(() => sink.requests.length === 2);
    await sleep(100);
    await run(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    await sink.until(() => sink.accepted().length === 2);
    await run(() => {
      window.left.setAttribute('after', true).end();
      return window.t.flush();
    });
    const open = sink.accepted().find(({ name }) => name === 'open');
    assert.deepEqual(open.attributes, { after: true });
    const counts = await stats();
    assert.deepEqual([counts.delivered, counts.open], [3, 0]);
  },

  'away and back by history: nothing is lost, nothing stands twice': async (context) => {
    const { site, start, run, page, browserName } = context;
    // Firefox keeps the page, but its driver loses it; the scenario above stands for it.
    if (browserName === 'firefox') return;

    const sink = site.sink({ here: true });
    await start({ endpoint: sink.url, flushIntervalMs: NEVER });
    await run(() => addEventListener('pageshow', (event) => (window.kept = event.persisted)));
    await work(run);
    await page.goto(site.page({ second: 1 }));
    await sink.until(() => sink.names().includes('ended'));
    await page.goBack();
    const kept = await run(() => window.kept === true);
    if (kept) {
      await run(() => {
        window.left.end();
        return window.t.flush();
      });
    }
    await sink.until(() => sink.names().includes('open'));
    const open = sink.spans().find(({ name }) => name === 'open');
    assert.deepEqual(open.attributes, kept ? {} : { 'tracelink.incomplete': true });
    assert.equal(sink.spans().length, 2);
  },

  'many spans at exit: small requests within what a browser lets out': async (context) => {
    const sink = await leaveWithMany(context, {});
    const sizes = sink.requests.map(({ sent }) => sent.length);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(total <= KEEPALIVE_BYTES && total > 45_000, `${sizes}`);
    assert.ok(Math.max(...sizes) < 20_000, `${sizes}`);
    const names = sink.names();
    assert.equal(new Set(names).size, names.length, 'each once');
  },

  'many spans at exit as JSON: within the same budget': async (context) => {
    const sink = await leaveWithMany(context, { protocol: 'http/json' });
    const sizes = sink.requests.map(({ sent }) => sent.length);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(total <= 2 * KEEPALIVE_BYTES && total > 30_000, `${sizes}`);
  },

  'keepalive at exit only, and not when the options forbid it': async ({ site, open, run }) => {
    const asked = async (keepalive) => {
      await open();
      const sink = site.sink({ here: true });
      return run(
        async (endpoint, keepalive) => {
          const { t } = window;
          const asked = [];
          const real = window.fetch;
          window.fetch = (input, init) => {
            if (init) asked.push([init.keepalive, init.method, init.credentials ?? 'same-origin']);
            return real(input, init);
          };
          await t.init({ serviceName: 'x', endpoint, keepalive });
          t.startSpan('a').end();
          await t.flush();
          t.startSpan('b').end();
          dispatchEvent(new PageTransitionEvent('pagehide', { persisted: false }));
          await t.flush();
          return asked;
        },
        sink.url,
        keepalive,
      );
    };
    const rest = ['POST', 'same-origin'];
    assert.deepEqual(await asked(true), [
      [false, ...rest],
      [true, ...rest],
    ]);
    assert.deepEqual(await asked(false), [
      [false, ...rest],
      [false, ...rest],
    ]);
  },
};
