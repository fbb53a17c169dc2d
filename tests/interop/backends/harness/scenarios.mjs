// What holds between the page and every backend, whatever it is written in.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BROWSERS, launch, openPage } from '../../../e2e/harness/browsers.mjs';
import { ordersPage } from './orders-page.mjs';
import { assertPreflight } from './preflight.mjs';
import { startWorld } from './world.mjs';

/** Both, unless INTEROP_BROWSERS names some: npm test asks for the quicker one. */
const chosen = process.env.INTEROP_BROWSERS?.split(',') ?? BROWSERS;

/** The sampling decision of a message's context, which ends both formats. */
const decision = (message) => /-0?([01])$/.exec(message.traceparent ?? message._sentry.trace)?.[1];

/** `backend`: as for holdsFor. The result: { 'what must hold': async ({ world, quiet, orders }) => … }. */
function scenariosOf(backend) {
  const updates = backend.updates && { updates: backend.updates };

  async function assertTrace({ world, orders }, traceId, name) {
    const expected = backend.trees[name].trim().replace('HOST', new URL(world.backendUrl).host);
    assert.equal(await world.tree(traceId, expected, orders.flush), expected);
  }

  /** Clicks, and compares the click's trace with the tree of that name. */
  async function assertTree(context, name) {
    const clicked = await context.orders.click(name);
    await assertTrace(context, clicked.traceId, name);
    return clicked;
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
    async 'what the backend does not record, the page does not record'({ quiet, orders }) {
      const context = { world: quiet, orders };
      const traceId = await open(context);
      // The page's own click is recorded, by the page and therefore by the backend.
      await assertTree(context, 'order');
      assert.deepEqual(await quiet.spans(traceId), []);
    },
  };
  if (backend.trees.cancel)
    scenarios['a message from the page is continued'] = async (context) => {
      await open(context);
      await context.orders.click('order');
      await assertTree(context, 'cancel');
    };
  return scenarios;
}

/**
 * Each backend: its name, what startWorld takes, `trees`: { order, load, cancel? } as it makes them, with HOST for its
 * address, and `updates`: 'events' or 'one-way' unless it takes messages, too.
 */
export function holdsFor(...backends) {
  describe('backends', () => {
    const browsers = {};
    before(async () => {
      for (const name of chosen) browsers[name] = await launch(name);
    });
    after(() => Promise.all(Object.values(browsers).map((browser) => browser.close())));

    for (const backend of backends)
      describe(backend.name, () => {
        let world;
        let quiet;
        before(async () => {
          [world, quiet] = await Promise.all([
            startWorld(backend),
            startWorld(backend, { sampled: false }),
          ]);
        });
        after(async () => {
          await world?.stop();
          await quiet?.stop();
        });
        test('a preflight allows the trace headers, and only those', () => assertPreflight(world));
        for (const browserName of chosen)
          for (const [what, scenario] of Object.entries(scenariosOf(backend)))
            test(`${browserName}: ${what}`, async () => {
              const { page, errors } = await openPage(browsers[browserName]);
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
