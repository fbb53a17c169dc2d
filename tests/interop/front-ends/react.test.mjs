// The React recipe with React: commits and messages belong together, whatever React does in between.
import assert from 'node:assert/strict';
import { eventually, inEveryBrowser, someContext } from './harness/scenarios.mjs';

/** Opens the page and waits for its socket; StrictMode closes a first one at once. */
async function openLive({ site, open }) {
  await open();
  await eventually('one open socket', () => {
    const states = Array.from(site.sockets, ({ readyState }) => readyState);
    return `${states}` === '1';
  });
}

const shows = ({ until }, id, text) =>
  until((wanted, state) => document.getElementById(wanted)?.textContent === state, id, text);

/** The message's span and the one update below it, and nothing else, in the collector. */
async function messageAndUpdate({ traces, run }, { traceId, spanId }) {
  await traces.waitForSpans(traceId, (rows) => rows.some(({ name }) => name === 'ui.update order'));
  await run(() => window.flush());
  const spans = await traces.spans(traceId);
  assert.deepEqual(
    spans.map(({ name, depth }) => `${depth} ${name.split(' ')[0]}`),
    ['0 process', '1 ui.update'],
  );
  assert.equal(spans[0].parentSpanId, spanId);
  assert.equal(spans[1].attributes['ui.painted'], true);
  return spans;
}

/** Milliseconds of the page's clock as the collector has times. */
const startOf = ({ startTimeUnixNano }) => Number(BigInt(startTimeUnixNano) / 1000n) / 1000;

inEveryBrowser('react.jsx', {
  'a message, its span and the commit that shows it: one of each, in StrictMode': async (
    context,
  ) => {
    const { site, errors } = context;
    await openLive(context);
    for (const state of ['paid', 'sent']) {
      const cause = someContext();
      site.send({ id: 'a', state, ...cause.carrier });
      await shows(context, 'a', state);
      await messageAndUpdate(context, cause);
    }
    // Firefox tells of the socket that StrictMode closed.
    assert.deepEqual(
      errors.filter((error) => !error.includes('/updates')),
      [],
    );
  },

  'a commit that waits belongs to its own message, not to what was painted first': async (
    context,
  ) => {
    const { site, run, until } = context;
    await openLive(context);
    const [first, second] = [someContext(), someContext()];
    site.send({ id: 'first', state: 'first', waits: true, ...first.carrier });
    site.send({ id: 'second', state: 'second', ...second.carrier });
    await until(() => window.stats().ended === 2);
    await run(() => window.setClock('12:00'));
    await until(() => document.querySelector('time').textContent === '12:00');
    const painted = await run(async () => {
      for (let frames = 0; frames < 3; frames++) await new Promise(requestAnimationFrame);
      return performance.timeOrigin + performance.now();
    });
    assert.equal(await run(() => document.querySelectorAll('li').length), 0, 'React waits');
    await run(() => window.release());
    await shows(context, 'first', 'first');
    for (const cause of [first, second]) {
      const [, update] = await messageAndUpdate(context, cause);
      assert.ok(startOf(update) >= painted - 1, `${startOf(update) - painted} ms too early`);
    }
  },

  'a commit in time slices comes frames after its message': async (context) => {
    const { site, run } = context;
    await openLive(context);
    const cause = someContext();
    const watched = run(async () => {
      let [frames, last] = [0, 0];
      while (!document.getElementById('sliced')) {
        if (window.rendering)
          [frames, last] = [frames + 1, performance.timeOrigin + performance.now()];
        await new Promise(requestAnimationFrame);
      }
      return { frames, last };
    });
    site.send({ id: 'sliced', state: 'sliced', slices: 60, ...cause.carrier });
    const { frames, last } = await watched;
    assert.ok(frames >= 2, `${frames} frames while React rendered`);
    const [, update] = await messageAndUpdate(context, cause);
    assert.ok(startOf(update) >= last - 1, `${startOf(update) - last} ms too early`);
  },

  'unmount closes the socket: nothing is traced after it': async (context) => {
    const { site, run, until } = context;
    await openLive(context);
    const [before, after] = [someContext(), someContext()];
    site.send({ id: 'a', state: 'paid', ...before.carrier });
    await shows(context, 'a', 'paid');
    await messageAndUpdate(context, before);
    const { started } = await run(() => window.stats());
    await run(() => window.setOpen(false));
    await until(() => !document.querySelector('ul'));
    site.send({ id: 'a', state: 'sent', ...after.carrier });
    await eventually('no socket', () => site.sockets.size === 0);
    assert.deepEqual(await run(() => [window.stats().started, window.stats().open]), [started, 0]);
  },
});
