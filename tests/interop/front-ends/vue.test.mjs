// The Vue recipe with Vue: each message has the patch that shows it, and unmounting ends the socket.
import assert from 'node:assert/strict';
import { eventually, inEveryBrowser, someContext } from './harness/scenarios.mjs';

async function openLive({ site, open }) {
  await open();
  await eventually('one socket', () => site.sockets.size === 1);
}

const shows = ({ until }, id, text) =>
  until((wanted, state) => document.getElementById(wanted)?.textContent.trim() === state, id, text);

/** The message's span and its updates, and nothing else, in the collector. */
async function messageAndUpdates({ traces, run }, { traceId, spanId }, count) {
  await traces.waitForSpans(traceId, (rows) => rows.length > count);
  await run(() => window.flush());
  const [message, ...updates] = await traces.spans(traceId);
  assert.match(message.name, /^process /);
  assert.equal(message.parentSpanId, spanId);
  assert.equal(updates.length, count);
  for (const { name, parentSpanId, attributes } of updates) {
    assert.equal(name, 'ui.update order');
    assert.equal(parentSpanId, message.spanId);
    assert.equal(attributes['ui.painted'], true);
  }
}

inEveryBrowser('vue.js', {
  'a message, its span and the patch that shows it: one of each': async (context) => {
    const { site, errors } = context;
    await openLive(context);
    for (const state of ['paid', 'sent']) {
      const cause = someContext();
      site.send({ id: 'a', state, ...cause.carrier });
      await shows(context, 'a', state);
      await messageAndUpdates(context, cause, 1);
    }
    assert.deepEqual(errors, []);
  },

  'messages at once have an update each, and what else is patched has none': async (context) => {
    const { site, run } = context;
    await openLive(context);
    const causes = { first: someContext(), second: someContext() };
    for (const [id, { carrier }] of Object.entries(causes))
      site.send({ id, state: id, ...carrier });
    await shows(context, 'second', 'second');
    await run(() => window.setClock('12:00'));
    for (const id of Object.keys(causes)) await shows(context, id, `${id} 12:00`);
    for (const cause of Object.values(causes)) await messageAndUpdates(context, cause, 1);
  },

  'unmount closes the socket: nothing is traced after it': async (context) => {
    const { site, run, until } = context;
    await openLive(context);
    const [before, after] = [someContext(), someContext()];
    site.send({ id: 'a', state: 'paid', ...before.carrier });
    await shows(context, 'a', 'paid');
    await messageAndUpdates(context, before, 1);
    const { started } = await run(() => window.stats());
    await run(() => window.unmount());
    await until(() => !document.querySelector('ul'));
    site.send({ id: 'a', state: 'sent', ...after.carrier });
    await eventually('no socket', () => site.sockets.size === 0);
    assert.deepEqual(await run(() => [window.stats().started, window.stats().open]), [started, 0]);
  },
});
