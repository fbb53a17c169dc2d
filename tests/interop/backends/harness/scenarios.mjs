// What holds between the page and every backend, whatever it is written in.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BROWSERS, launch, openPage } from '../../../e2e/harness/browsers.mjs';
import { ordersPage } from './orders-page.mjs';
import { startWorld } from './world.mjs';

/** What a page on another origin must be allowed to send, as docs/backends.md says. */
const TRACE_HEADERS = ['traceparent', 'tracestate', 'baggage', 'sentry-trace'];

/** The sampling decision of a message's context, which ends both formats. */
const decision = (message) => /-0?([01])$/.exec(message.traceparent ?? message._sentry.trace)?.[1];

/**
 * `backend`: what startWorld takes, and `trees`: { order, load, cancel? } as this backend makes them, with HOST for its
 * address. Without `cancel` it takes no messages: it sends events.
 */
export function holdsFor(backend) {
  const updates = backend.trees.cancel ? {} : { updates: 'events' };

  /** Clicks, and compares the trace with the tree of that name. */
  async function assertTree({ world, orders }, name) {
    const clicked = await orders.click(name);
    await assertTrace({ world, orders }, clicked.traceId, name);
    return clicked;
  }

  async function assertTrace({ world, orders }, traceId, name) {
    const expected = backend.trees[name].trim().replace('HOST', new URL(world.backendUrl).host);
    assert.equal(await world.tree(traceId, expected, orders.flush), expected);
  }

  const open = ({ world, orders }, parameters) =>
    orders.open(world.address(world.backendUrl, { ...updates, ...parameters }));

  const scenarios = {
    async 'an order is one tree, from the click to the screen'(context) {
      await open(context);
      const { message } = await assertTree(context, 'order');
      assert.equal(decision(message), '1');
    },
    async 'and so it is when the page comes from another origin'(context) {
      const { world, orders } = context;
      const parameters = { backend: world.backendUrl, ...updates };
      await orders.open(world.address(world.otherOrigin, parameters));
      await assertTree(context, 'order');
    },
    async 'the load of the page continues the request that served it'(context) {
      const traceId = await open(context);
      await assertTrace(context, traceId, 'load');
    },
    async 'what the page does not record, the backend does not record'(context) {
      const { world, orders } = context;
      await open(context, { sampleRate: 0 });
      const { traceId, message } = await orders.click('order');
      assert.equal(decision(message), '0');
      // Spans leave in order: once those of a later click have arrived, none of this one is on its way.
      await open(context);
      await assertTree(context, 'order');
      assert.deepEqual(await world.spans(traceId), []);
    },
    async 'what the backend does not record, the page does not record'(context) {
      const { quiet, orders } = context;
      const traceId = await open({ world: quiet, orders });
      // The page's own click is recorded, by the page and therefore by the backend.
      await assertTree({ world: quiet, orders }, 'order');
      assert.deepEqual(await quiet.spans(traceId), []);
    },
    ...(backend.trees.cancel && {
      async 'a message from the page is continued'(context) {
        await open(context);
        await context.orders.click('order');
        await assertTree(context, 'cancel');
      },
    }),
  };

  describe(backend.name, () => {
    let world;
    let quiet;
    before(async () => {
      world = await startWorld(backend);
      quiet = await startWorld(backend, { sampled: false });
    });
    after(async () => {
      await world?.stop();
      await quiet?.stop();
    });

    test('a preflight allows the trace headers, and nothing that nobody asked to allow', async () => {
      const { headers } = await fetch(`${world.backendUrl}/api/orders`, {
        method: 'OPTIONS',
        headers: {
          origin: world.otherOrigin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': [...TRACE_HEADERS, 'x-other'].join(','),
        },
      });
      assert.equal(headers.get('access-control-allow-origin'), world.otherOrigin);
      const allowed = headers.get('access-control-allow-headers')?.toLowerCase() ?? '';
      for (const name of TRACE_HEADERS) assert.ok(allowed.includes(name), `${name} of ${allowed}`);
      assert.ok(!allowed.includes('x-other'), allowed);
    });

    for (const browserName of BROWSERS)
      describe(browserName, () => {
        let browser;
        before(async () => {
          browser = await launch(browserName);
        });
        after(() => browser?.close());
        for (const [name, scenario] of Object.entries(scenarios))
          test(name, async () => {
            const { page, errors } = await openPage(browser);
            try {
              await scenario({ world, quiet, orders: ordersPage(page) });
              assert.deepEqual(errors, []);
            } finally {
              await page.close();
            }
          });
      });
  });
}
