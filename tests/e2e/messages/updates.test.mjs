// ui.update and traceUpdate: from the end of a handler to the frame that shows what it changed.
import assert from 'node:assert/strict';
import { inEveryBrowser } from './support/in-page.mjs';

const ms = (span) => Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6;

/** The ui.update of one message whose handler is `handler`. */
async function updateOf({ run, start }, handler, options) {
  await start();
  return run(
    async (source, given) => {
      const { t } = window;
      t.traceMessage(
        { traceparent: window.traceparent(1) },
        new Function(`return ${source}`)(),
        given,
      );
      const [update] = await window.ended('ui.update');
      const [message] = window.named('process');
      return { update, message };
    },
    handler.toString(),
    options,
  );
}

inEveryBrowser('updates on screen', {
  'a change in the handler: sync, until the frame that shows it': async (context) => {
    const { update, message } = await updateOf(context, () => {
      document.body.append('one');
      document.body.setAttribute('data-a', 'b');
    });
    assert.deepEqual(update.attributes, {
      'ui.mutation': 'sync',
      'ui.mutations': 2,
      'ui.painted': true,
    });
    assert.equal(update.parentSpanId, message.spanId);
    assert.equal(update.traceId, message.traceId);
    assert.equal(update.startTimeUnixNano, message.endTimeUnixNano);
    assert.ok(ms(update) > 0 && ms(update) < 900, `${ms(update)} ms`);
  },

  'a change after the handler: later': async (context) => {
    const { update, message } = await updateOf(context, () => {
      setTimeout(() => document.body.append('late'), 60);
    });
    assert.equal(update.attributes['ui.mutation'], 'later');
    assert.equal(update.attributes['ui.mutations'], 1);
    // The handler may be long in returning.
    const both = ms({ ...update, startTimeUnixNano: message.startTimeUnixNano });
    assert.ok(both >= 55, `${both} ms`);
  },

  'no change: none, after a quarter of a second': async (context) => {
    const began = Date.now();
    const { update } = await updateOf(context, () => {
      setTimeout(() => document.body.append('too late'), 400);
    });
    assert.ok(Date.now() - began >= 240);
    assert.deepEqual(update.attributes, {
      'ui.mutation': 'none',
      'ui.mutations': 0,
      'ui.painted': false,
    });
    assert.equal(ms(update), 0);
  },

  'an asynchronous handler: it starts when its promise settles': async (context) => {
    const { update, message } = await updateOf(context, async () => {
      await new Promise((done) => setTimeout(done, 40));
      document.body.append('at last');
    });
    assert.ok(ms(message) >= 35, `${ms(message)} ms`);
    assert.equal(update.attributes['ui.mutation'], 'sync');
    assert.equal(update.startTimeUnixNano, message.endTimeUnixNano);
  },

  'a handler that never ends is no longer watched after a while': async ({ start, run }) => {
    await start();
    const [before, after] = await run(async () => {
      const { t } = window;
      const later = window.setTimeout;
      let over;
      const waited = new Promise((done) => {
        over = done;
      });
      // What would take seconds is waited for no longer than it takes to ask.
      window.setTimeout = (work, ms, ...given) =>
        later(
          (...all) => {
            work(...all);
            if (ms > 5000) over();
          },
          ms > 5000 ? 0 : ms,
          ...given,
        );
      let stopped = 0;
      const { disconnect } = MutationObserver.prototype;
      MutationObserver.prototype.disconnect = function stop() {
        stopped++;
        return disconnect.call(this);
      };
      t.traceMessage({ traceparent: window.traceparent(1) }, () => new Promise(() => {}));
      const before = stopped;
      await waited;
      return [before, stopped];
    });
    assert.deepEqual([before, after], [0, 1]);
  },

  'turned off': async ({ start, run }) => {
    await start();
    const names = await run(async () => {
      const { t } = window;
      t.traceMessage({}, () => document.body.append('x'), { update: false });
      await window.sleep(350);
      return window.spans().map(({ name }) => name);
    });
    assert.deepEqual(names, ['process']);
  },

  'messages that overlap share changes and say so; those that do not, do not': async ({
    start,
    run,
  }) => {
    await start();
    const [overlapping, apart] = await run(async () => {
      const { t } = window;
      const change = () => document.body.append('x');
      const send = (digit, handler) =>
        t.traceMessage({ traceparent: window.traceparent(digit) }, handler);
      send(1, () => {});
      send(2, change);
      const overlapping = await window.ended('ui.update', 2);
      t.clearBuffer();
      send(3, change);
      await window.ended('ui.update');
      send(4, change);
      const apart = await window.ended('ui.update', 2);
      return [overlapping, apart];
    });
    const shown = ({ traceId, attributes }) => [
      traceId.at(-1),
      attributes['ui.mutation'],
      attributes['ui.mutations'],
      attributes['ui.shared'],
    ];
    assert.deepEqual(overlapping.map(shown).sort(), [
      ['1', 'later', 1, true],
      ['2', 'sync', 1, true],
    ]);
    assert.deepEqual(apart.map(shown), [
      ['3', 'sync', 1, undefined],
      ['4', 'sync', 1, undefined],
    ]);
  },

  'on a socket: changes of later listeners are sync, those of promises are later': async ({
    start,
    run,
  }) => {
    await start();
    const updates = await run(async () => {
      const send = await window.echo((socket) => {
        socket.addEventListener('message', () => {});
        socket.addEventListener('message', (event) => {
          const change = () => document.body.append('x');
          if (event.data.includes('soon')) Promise.resolve().then(change);
          else change();
        });
      });
      await send({ traceparent: window.traceparent(1) });
      await window.ended('ui.update');
      await send({ traceparent: window.traceparent(2), soon: true });
      return window.ended('ui.update', 2);
    });
    assert.deepEqual(
      updates.map(({ attributes }) => [attributes['ui.mutation'], attributes['ui.mutations']]),
      [
        ['sync', 1],
        ['later', 1],
      ],
    );
  },

  'a hidden page: it ends with the handler, not painted': async ({ start, run }) => {
    await start();
    const [updates, named] = await run(async () => {
      const { t } = window;
      const hide = (hidden) => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
      };
      const change = () => document.body.append('x');
      // Two wait for their frame or change as the page is hidden, two come while it is.
      t.traceMessage({}, change);
      t.traceMessage({}, () => {});
      t.traceUpdate('named', change);
      hide(true);
      const now = window.named('ui.update').length;
      t.traceMessage({}, change);
      t.traceMessage({}, () => {});
      t.traceUpdate('named', change);
      const updates = window.named('ui.update');
      hide(false);
      return [[now, ...updates], window.named('named')];
    });
    assert.equal(updates.shift(), 2);
    assert.equal(updates.length, 4);
    for (const update of [...updates, ...named]) {
      assert.equal(update.attributes['ui.painted'], false);
      // A frame would take longer; the clock of Firefox goes in steps of a millisecond.
      assert.ok(ms(update) < 5, `${ms(update)} ms`);
    }
    assert.equal(named.length, 2);
  },

  'the observer is connected only while a change is looked for': async ({ open, run }) => {
    await open({ entry: null });
    const seen = await run(async () => {
      const seen = [];
      window.MutationObserver = class extends MutationObserver {
        observe(...args) {
          seen.push('observe');
          return super.observe(...args);
        }
        disconnect() {
          seen.push('disconnect');
          return super.disconnect();
        }
      };
      const t = await import('/dist/index.js');
      await t.init({ serviceName: 'page', endpoint: null });
      seen.push('on');
      // However long frames take; what would come too much gets a while to come.
      const released = async (times) => {
        while (seen.filter((what) => what === 'disconnect').length < times) await window.sleep(20);
        await window.sleep(100);
      };
      for (let index = 0; index < 5; index++) t.traceMessage({}, () => document.body.append('x'));
      await released(1);
      t.traceMessage({}, () => {});
      await released(2);
      return seen;
    });
    assert.deepEqual(seen, ['on', 'observe', 'disconnect', 'observe', 'disconnect']);
  },

  'traceUpdate ends at the paint after fn or its promise, with what it returns or throws': async ({
    start,
    run,
  }) => {
    await start();
    const [seen, spans] = await run(async () => {
      const { t } = window;
      const seen = [];
      seen.push(t.traceUpdate('sync', (span) => t.activeSpan() === span));
      seen.push(window.named('sync').length);
      seen.push(await t.traceUpdate('async', { attributes: { a: 1 } }, async () => 5));
      const error = new Error('no');
      try {
        t.traceUpdate('throws', () => {
          throw error;
        });
      } catch (caught) {
        seen.push(caught === error);
      }
      for (const name of ['sync', 'async', 'throws']) await window.ended(name);
      return [seen, window.spans()];
    });
    assert.deepEqual(seen, [true, 0, 5, true]);
    const by = Object.fromEntries(spans.map((span) => [span.name, span]));
    for (const span of spans) assert.equal(span.attributes['ui.painted'], true);
    assert.equal(by.async.attributes.a, 1);
    assert.equal(by.throws.status.code, 'error');
  },
});
