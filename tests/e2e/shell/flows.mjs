// Flows from page to page of one tab: what goes on, and what does not.
import assert from 'node:assert/strict';
import { begin, fresh, pass, stored } from './support/flow-pages.mjs';

const REMOTE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

export const flows = {
  'a flow that is open when its page goes goes on under its name': async (context) => {
    const { start, open, run } = context;
    await fresh(context);
    await start();
    const first = await begin(run, 'checkout', { cart: 3, tags: ['a', 'b'], gift: true });
    assert.deepEqual(first, {
      cart: 3,
      tags: ['a', 'b'],
      gift: true,
      'flow.name': 'checkout',
      'flow.id': first['flow.id'],
    });
    // Without tracing, and with it and no flow: it waits.
    await open();
    await start();
    assert.notEqual((await pass(run, 'other'))['flow.id'], first['flow.id']);
    await start();
    const second = await begin(run, 'checkout', { cart: 4, step: 2 });
    assert.deepEqual(second, { ...first, cart: 4, step: 2 });
    await start();
    assert.deepEqual(await begin(run, 'checkout'), second, 'once more, with what was added');
    // It is gone when its promise settles, in whatever page.
    await run(() => window.settle());
    await start();
    assert.notEqual((await pass(run, 'checkout'))['flow.id'], first['flow.id']);
    assert.deepEqual(await stored(run), {});
  },

  'spans below a flow that goes on: children, requests, messages, after await': async (context) => {
    const { start, run } = context;
    await fresh(context);
    await start();
    const { 'flow.id': id } = await begin(run, 'checkout', { cart: 3 });
    await start();
    const spans = await run(async (remote) => {
      const { t } = window;
      await t.traceFlow('checkout', async (flow) => {
        // Without what it changes on screen: whether that has ended by now depends on the machine.
        const within = () => t.startSpan('in a message').end();
        t.traceMessage({ traceparent: remote }, within, { update: false });
        t.startSpan('linked', { links: [{ context: { traceparent: remote } }] }).end();
        await t.tracedFetch('/page');
        await flow.fetch('/page');
        flow.child('child').child('grandchild').end();
        const later = flow.run(() => t.withSpan('later', async (later) => later.fetch('/page')));
        t.startSpan('outside').end();
        t.startSpan('elsewhere', { parent: { traceparent: remote } }).end();
        await later;
      });
      await t.flush();
      return t.bufferedSpans();
    }, REMOTE);
    const flowsOf = (list) => list.map(({ name, attributes }) => [name, attributes['flow.id']]);
    const outside = spans.filter(({ name }) => /^(outside|elsewhere)$/.test(name));
    assert.deepEqual(flowsOf(outside), [
      ['outside', undefined],
      ['elsewhere', undefined],
    ]);
    const below = spans.filter((span) => !outside.includes(span));
    assert.deepEqual(below.map(({ name }) => name).sort(), [
      'GET',
      'GET',
      'GET',
      'checkout',
      'grandchild',
      'in a message',
      'later',
      'linked',
      'process',
    ]);
    for (const { name, attributes } of below) {
      assert.deepEqual([attributes['flow.id'], attributes.cart], [id, 3], name);
      assert.equal(attributes['flow.name'], 'checkout', name);
    }
  },

  'what is over goes on nowhere: settled, rejected, thrown, of another name': async (context) => {
    const { start, run } = context;
    await fresh(context);
    await start();
    const ids = await run(async () => {
      const { t } = window;
      const ids = {};
      const note = (name) => (flow) => {
        flow.child(name).end();
        ids[name] = t.bufferedSpans().at(-1).attributes['flow.id'];
      };
      const failed = () => {};
      await t.traceFlow('settled', async (flow) => note('settled')(flow));
      await t
        .traceFlow('rejected', async (flow) => {
          note('rejected')(flow);
          throw new Error('mine');
        })
        .catch(failed);
      try {
        t.traceFlow('thrown', (flow) => {
          note('thrown')(flow);
          throw new Error('mine');
        });
      } catch (error) {
        failed(error);
      }
      t.traceFlow('another', (flow) => {
        note('another')(flow);
        return new Promise(() => {});
      });
      return ids;
    });
    await start();
    for (const [name, id] of Object.entries(ids)) {
      const again = await pass(run, name === 'another' ? 'name' : name);
      assert.notEqual(again['flow.id'], id, name);
    }
    assert.equal((await pass(run, 'another'))['flow.id'], ids.another);
  },

  'two of one name at a time: each is one, and the latest goes on first': async (context) => {
    const { start, run } = context;
    await fresh(context);
    await start();
    const first = await begin(run, 'search', { n: 1 });
    const second = await begin(run, 'search', { n: 2 });
    assert.notEqual(first['flow.id'], second['flow.id'], 'only earlier pages are continued');
    await start();
    assert.deepEqual(await begin(run, 'search'), second);
    assert.deepEqual(await begin(run, 'search'), first);
    const third = await begin(run, 'search');
    assert.equal([first, second].map((flow) => flow['flow.id']).includes(third['flow.id']), false);
  },

  'a flow of before init settles goes on, and is kept': async (context) => {
    const { start, open, run } = context;
    await fresh(context);
    await start();
    const first = await begin(run, 'checkout', { cart: 3 });
    await open();
    const spans = await run(async () => {
      const { t } = window;
      const done = t.init({ serviceName: 'x', endpoint: null });
      t.traceFlow('checkout', (flow) => {
        flow.child('below').end();
        return new Promise(() => {});
      });
      await done;
      return t.bufferedSpans();
    });
    assert.deepEqual(
      spans.map(({ attributes }) => attributes),
      [first],
    );
    await start();
    assert.deepEqual(await pass(run, 'checkout'), first);
  },

  'what another page closed meanwhile is closed': async (context) => {
    const { start, run } = context;
    await fresh(context);
    await start();
    const first = await begin(run, 'checkout');
    await begin(run, 'search');
    await start();
    // As after a way back to this page from one that went on with it and ended it.
    await run(() => {
      const { tracelink } = sessionStorage;
      sessionStorage.tracelink = tracelink.slice(0, tracelink.indexOf('flow.name', 20) - 4);
    });
    const second = await begin(run, 'checkout');
    assert.notEqual(second['flow.id'], first['flow.id']);
    // And as in the page that comes back: what it has open is not kept again.
    await run(() => delete sessionStorage.tracelink);
    await begin(run, 'other');
    await start();
    assert.notEqual((await pass(run, 'checkout'))['flow.id'], second['flow.id']);
  },

  'away and back by history: the flow is the same one': async (context) => {
    const { start, run, page, site, browserName } = context;
    // Firefox keeps the page, but its driver loses it; the scenario above stands for it.
    if (browserName === 'firefox') return;
    await fresh(context);
    await start();
    const first = await begin(run, 'checkout', { cart: 3 });
    await page.goto(site.page({ second: 1 }), { waitUntil: 'load' });
    await page.goBack({ waitUntil: 'load' });
    const cached = await run(() => 'settle' in window);
    if (!cached) {
      await context.load('index');
      await run(() => window.t.init({ serviceName: 'page', endpoint: null }));
      assert.deepEqual(await pass(run, 'checkout'), first);
    } else assert.notEqual((await pass(run, 'checkout'))['flow.id'], first['flow.id']);
  },
};
