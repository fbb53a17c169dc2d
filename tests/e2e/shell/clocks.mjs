// Times: a machine that sleeps, clocks that are set, timings that are zero or negative, nanoseconds.
//
// No test can put a machine to sleep. What a page sees of it is emulated: the wall clock goes on and the page's does not.
import assert from 'node:assert/strict';

const HOUR = 3_600_000;

/**
 * A page in which `window.sleep(ms)` lets the wall clock go on alone, negative: sets it back. No machine sleeps so short
 * that the page's clock shows the same before and after.
 */
async function startSleepy({ start, run }, options = { endpoint: null }) {
  await start(options);
  await run(() => {
    let asleep = 0;
    const real = Date.now;
    Date.now = () => real() + asleep;
    window.sleep = (ms) => {
      asleep += ms;
      return new Promise((done) => setTimeout(done, 5));
    };
    /** Of ended spans, by name: start and end in ms after the page's origin, and the sleep that they tell of. */
    window.times = () => {
      const ms = (nanoseconds) => Number(nanoseconds) / 1e6 - performance.timeOrigin;
      return Object.fromEntries(
        window.t
          .bufferedSpans()
          .map(({ name, startTimeUnixNano, endTimeUnixNano, attributes, events }) => [
            name,
            {
              start: ms(startTimeUnixNano),
              end: ms(endTimeUnixNano),
              slept: attributes['tracelink.suspended_ms'],
              events: events.map(({ timeUnixNano }) => ms(timeUnixNano)),
            },
          ]),
      );
    };
  });
}

/** A busy machine takes its time, but not an hour. */
const near = (value, expected, what) =>
  assert.ok(Math.abs(value - expected) < 600_000, `${what}: ${value}, expected about ${expected}`);

export const clocks = {
  'a sleep inside a trace, and the trace after it': async (context) => {
    await startSleepy(context);
    const times = await context.run(async (hour) => {
      const { t } = window;
      const root = t.startSpan('root');
      root.child('before').end();
      await window.sleep(hour);
      root.child('after').addEvent('e').end();
      t.startSpan('new trace').addEvent('e').end();
      root.child('later').end();
      root.addEvent('e').end();
      t.startSpan('none').end();
      return window.times();
    }, HOUR);
    for (const name of ['root', 'before', 'after', 'later']) {
      near(times[name].start, 0, name);
      near(times[name].end, 0, name);
    }
    for (const at of [...times.root.events, ...times.after.events]) near(at, 0, 'event');
    near(times['new trace'].start, HOUR, 'new trace');
    near(times['new trace'].end, HOUR, 'new trace');
    near(times['new trace'].events[0], HOUR, 'event of the new trace');
    const slept = Object.entries(times).filter(([, { slept }]) => slept !== undefined);
    assert.deepEqual(
      slept.map(([name]) => name),
      ['root'],
    );
    assert.ok(Number.isInteger(times.root.slept), `${times.root.slept}`);
    assert.ok(Math.abs(times.root.slept - HOUR) < 1000, `${times.root.slept}`);
  },

  'whatever ends first after a sleep tells of it': async (context) => {
    await startSleepy(context);
    const times = await context.run(async (hour) => {
      const { t } = window;
      // Each began before a sleep of its own, and ends in another way.
      t.startSpan('span').end();
      const span = t.startSpan('over a sleep');
      await window.sleep(hour);
      span.end();
      await t.withSpan('promise', () => window.sleep(hour));
      const request = t.tracedFetch('/page');
      await window.sleep(hour);
      await (await request).text();
      await t.traceMessage('message', () => window.sleep(hour), { update: false });
      await t.flush();
      return window.times();
    }, HOUR);
    for (const name of ['over a sleep', 'promise', 'GET', 'process'])
      assert.ok(Math.abs(times[name].slept - HOUR) < 1000, `${name}: ${times[name].slept}`);
    assert.equal(times.span.slept, undefined);
    near(times.process.start, 3 * HOUR, 'the last of them');
  },

  'a page that goes after a sleep': async (context) => {
    const sink = context.site.sink();
    await startSleepy(context, { endpoint: sink.url, flushIntervalMs: 600_000 });
    await context.run(async (hour) => {
      window.t.startSpan('cut off');
      await window.sleep(hour);
      dispatchEvent(new PageTransitionEvent('pagehide', { persisted: false }));
    }, HOUR);
    await sink.until(() => sink.spans().length === 1);
    const [{ attributes }] = sink.spans();
    assert.equal(attributes['tracelink.incomplete'], true);
    assert.ok(Math.abs(attributes['tracelink.suspended_ms'] - HOUR) < 1000);
  },

  'a clock that is set: forward while starting, back, and by a little': async (context) => {
    await context.open();
    const times = await context.run(async (hour) => {
      const { t } = window;
      let set = 0;
      /** Until both clocks are looked at again. */
      const later = () => new Promise((done) => setTimeout(done, 5));
      const real = Date.now;
      Date.now = () => real() + set;
      const done = t.init({ serviceName: 'x', endpoint: null });
      t.startSpan('recorded').end();
      set = hour;
      await done;
      await later();
      t.startSpan('forward').end();
      set = -hour;
      await later();
      t.startSpan('back').end();
      set = 900 - hour;
      await later();
      t.startSpan('a little').end();
      const ms = (nanoseconds) => Number(nanoseconds) / 1e6 - performance.timeOrigin;
      return t
        .bufferedSpans()
        .map((span) => [
          span.name,
          ms(span.startTimeUnixNano),
          span.attributes['tracelink.suspended_ms'] ?? 'none',
        ]);
    }, HOUR);
    const expected = { recorded: HOUR, forward: HOUR, back: -HOUR, 'a little': -HOUR };
    for (const [name, start, slept] of times) {
      near(start, expected[name], name);
      assert.equal(slept, 'none', name);
    }
    assert.equal(times.length, 4);
  },

  'after a wall clock that was none, times are right again': async (context) => {
    await context.start();
    const starts = await context.run(async () => {
      const { t } = window;
      const later = () => new Promise((done) => setTimeout(done, 5));
      const real = Date.now;
      for (const nonsense of [Infinity, -Infinity, 1e300, Number.NaN, undefined, 'x', {}]) {
        Date.now = () => nonsense;
        await later();
        t.startSpan('nonsense').end();
        Date.now = real;
        await later();
        t.startSpan('right').end();
      }
      return t
        .bufferedSpans()
        .filter(({ name }) => name === 'right')
        .map(({ startTimeUnixNano }) => Number(startTimeUnixNano) / 1e6 - performance.timeOrigin);
    });
    assert.equal(starts.length, 7);
    for (const start of starts) near(start, 0, 'start');
  },

  'zero, negative and backward times, and no nanosecond lost': async (context) => {
    await context.start();
    const spans = await context.run(() => {
      const { t } = window;
      const exact = [0, 0.1, 64.1, 1234.567, 86_400_000.001];
      for (const startTime of exact) t.startSpan('exact', { startTime }).end(startTime + 1);
      t.startSpan('negative', { startTime: -5.5 }).addEvent('e', {}, -2).end(-1);
      t.startSpan('backward', { startTime: 10 }).addEvent('e', {}, 3).end(4);
      t.startSpan('zero', { startTime: 0 }).addEvent('e', {}, 0).end(0);
      const origin = BigInt(Math.round(performance.timeOrigin * 4096));
      const after = (time) => Number((BigInt(time) * 4096n - origin * 1_000_000n) / 4096n);
      return t
        .bufferedSpans()
        .map(({ name, startTimeUnixNano: start, endTimeUnixNano: end, events }) => [
          name,
          after(start),
          after(end) - after(start),
          events.map(({ timeUnixNano }) => after(timeUnixNano)),
        ]);
    });
    // The origin itself has a fraction of a nanosecond.
    const isNear = (value, expected) =>
      assert.ok(Math.abs(value - expected) <= 1, `${value}, expected ${expected}`);
    const starts = [0, 100_000, 64_100_000, 1_234_567_000, 86_400_000_001_000];
    for (const [index, nanoseconds] of starts.entries()) {
      isNear(spans[index][1], nanoseconds);
      isNear(spans[index][2], 1_000_000);
    }
    const [negative, backward, zero] = spans.slice(5);
    isNear(negative[1], -5_500_000);
    isNear(negative[2], 4_500_000);
    isNear(negative[3][0], -2_000_000);
    isNear(backward[1], 10_000_000);
    assert.equal(backward[2], 0, 'what ends before it began has no length');
    isNear(backward[3][0], 3_000_000);
    isNear(zero[1], 0);
    assert.equal(zero[2], 0);
    isNear(zero[3][0], 0);
  },
};
