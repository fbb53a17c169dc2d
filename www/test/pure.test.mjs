// The web app's pure parts: the rows of a waterfall, times, colours, span trees.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compiled } from './compiled.mjs';

const { treeOf, visibleRows, parents, parentRow, ancestors, nextSpan, isSame } =
  await compiled('viewer/rows.ts');
const { barOf, eventMarks } = await compiled('viewer/bars.ts');
const { clampRange, zoomRange, panRange, rangeAround, ticksOf } =
  await compiled('viewer/time-range.ts');
const { takeIn, updateInPlace, countNew, append } = await compiled('viewer/live-list.ts');
const { findSpans } = await compiled('viewer/find-spans.ts');
const { formatDuration, formatTick, formatValue, elapsedMs, legible, legibleName } =
  await compiled('viewer/format.ts');
const { serviceColours } = await compiled('viewer/service-colours.ts');
const { spanTrees } = await compiled('demo/span-tree.ts');

/** @param {string} outline each span by its name, one space a level; a capital is an error */
const spansOf = (outline) =>
  outline.split('|').map((line) => {
    const name = line.trimStart();
    const status = { code: name === name.toUpperCase() ? 'error' : 'unset' };
    return {
      spanId: name,
      name,
      depth: line.length - name.length,
      status,
      attributes: {},
      events: [],
    };
  });
const names = (rows) => rows.map(({ span }) => span.spanId).join('');

test('a collapsed span hides what is below it, and only that', () => {
  const spans = spansOf('a| b|  c|  d| e|f| g');
  const tree = treeOf(spans);
  assert.equal(names(visibleRows(tree, new Set())), 'abcdefg');
  assert.equal(names(visibleRows(tree, new Set(['b']))), 'abefg');
  assert.equal(names(visibleRows(tree, new Set(['a', 'b']))), 'afg');
  assert.equal(names(visibleRows(tree, new Set(['g']))), 'abcdefg');
  assert.equal(names(visibleRows(tree, parents(tree))), 'af');
  const rows = visibleRows(tree, new Set());
  assert.equal(parentRow(rows, 3), 1);
  assert.equal(parentRow(rows, 5), -1);
  assert.deepEqual(ancestors(spans, 'd'), ['b', 'a']);
  assert.deepEqual(ancestors(spans, 'nowhere'), []);
});

test('a collapsed span says how many spans and errors it hides', () => {
  const tree = treeOf(spansOf('a| b|  C|  d| E|f'));
  const [a] = visibleRows(tree, new Set(['a']));
  assert.deepEqual([a.below, a.errorsBelow, a.collapsed], [4, 2, true]);
  const [, b, e] = visibleRows(tree, new Set(['b']));
  assert.deepEqual([b.below, b.errorsBelow], [2, 1]);
  assert.deepEqual([e.below, e.errorsBelow, e.hasChildren], [0, 0, false]);
  assert.deepEqual(visibleRows(treeOf([]), new Set()), []);
});

test('the next error is found around the end, in both directions', () => {
  const { spans } = treeOf(spansOf('a| B| c|D'));
  const isError = ({ status }) => status.code === 'error';
  const walk = (from, step) => nextSpan(spans, from, step, isError);
  assert.deepEqual(
    [undefined, 'B', 'D'].map((from) => walk(from, 1)),
    ['B', 'D', 'B'],
  );
  assert.deepEqual(
    [undefined, 'B', 'D'].map((from) => walk(from, -1)),
    ['D', 'D', 'B'],
  );
  assert.equal(
    nextSpan(spans, 'a', 1, () => false),
    undefined,
  );
  assert.equal(nextSpan([], undefined, 1, isError), undefined);
});

test('a trace is drawn again when it grew, when a span ended after all, and when it was linked to', () => {
  const attributes = { 'tracelink.incomplete': true };
  const span = { spanId: 'a', endTimeUnixNano: '5', attributes, status: { code: 'unset' } };
  const trace = (change = {}, durationMs = 10) => ({
    durationMs,
    spans: [{ ...span, linkedFrom: [], ...change }],
  });
  assert.equal(isSame(trace(), trace()), true);
  assert.equal(isSame(trace(), trace({}, 11)), false);
  assert.equal(isSame(trace(), trace({ endTimeUnixNano: '6' })), false);
  assert.equal(isSame(trace(), trace({ linkedFrom: [{}] })), false);
  assert.equal(isSame(trace(), trace({ attributes: {} })), false);
  assert.equal(isSame(trace(), trace({ status: { code: 'error' } })), false);
  assert.equal(isSame(trace(), trace({ spanId: 'b' })), false);
  assert.equal(isSame({ ...trace(), spans: [] }, trace()), false);
});

test('spans are found by name, attribute, event and status', () => {
  const [span] = spansOf('Charge');
  Object.assign(span, {
    serviceName: 'checkout',
    kind: 'server',
    attributes: { 'http.route': '/pay', retries: 3, nothing: null },
    events: [{ name: 'Declined', attributes: { 'card.kind': 'gold' } }],
  });
  for (const text of ['charge', 'CHECK', '/pay', 'retries 3', 'declined', 'gold', 'pay charge']) {
    assert.equal(findSpans([span], text).size, 1, text);
  }
  assert.equal(findSpans([span], 'charge silver').size, 0);
  assert.equal(findSpans([span], '  ').size, 0);
});

const whole = { from: 0, to: 100 };

test('a bar stays inside its row, whatever the clocks said', () => {
  const bar = (offsetMs, durationMs, range = whole) => barOf({ offsetMs, durationMs }, range);
  assert.deepEqual(bar(10, 20), { left: 10, width: 20, label: 'after' });
  assert.deepEqual(bar(90, 500), { left: 90, width: 10, label: 'before' });
  assert.deepEqual(bar(-5, 105), { left: 0, width: 100, label: 'inside' });
  assert.deepEqual(bar(0, 0, { from: 0, to: 0 }), { left: 0, width: 0, label: 'after' });
  assert.deepEqual(bar(20, 20, { from: 30, to: 80 }), { left: 0, width: 20, label: 'after' });
  assert.equal(bar(20, 5, { from: 30, to: 80 }).outside, 'before');
  assert.equal(bar(81, 5, { from: 30, to: 80 }).outside, 'after');
});

test('ten thousand events make few marks', () => {
  const start = 1_700_000_000_000_000_000n;
  const event = (ms, name) => ({
    name,
    timeUnixNano: String(start + BigInt(Math.round(ms * 1e6))),
    attributes: {},
  });
  const span = { offsetMs: 10, startTimeUnixNano: String(start), events: [] };
  span.events = [event(0, 'first'), event(0.01, 'second'), event(40, 'third'), event(95, 'out')];
  assert.deepEqual(eventMarks(span, whole), [
    { at: 10, names: ['first', 'second'] },
    { at: 50, names: ['third'] },
  ]);
  span.events = Array.from({ length: 10_000 }, (_, i) => event(i / 200, `e${i}`));
  const marks = eventMarks(span, whole);
  assert.ok(marks.length <= 201, `${marks.length}`);
  assert.equal(marks[1].names.at(-1), '94 more');
});

test('zoom and pan stay inside the trace', () => {
  assert.deepEqual(zoomRange(whole, 100, 0.5), { from: 25, to: 75 });
  assert.deepEqual(zoomRange(whole, 100, 0.5, 20), { from: 10, to: 60 });
  assert.deepEqual(zoomRange({ from: 80, to: 100 }, 100, 2, 100), { from: 60, to: 100 });
  assert.deepEqual(zoomRange({ from: 10, to: 60 }, 100, 4), whole);
  assert.deepEqual(panRange({ from: 10, to: 60 }, 100, 0.5), { from: 35, to: 85 });
  assert.deepEqual(panRange({ from: 10, to: 60 }, 100, 9), { from: 50, to: 100 });
  assert.deepEqual(panRange({ from: 10, to: 60 }, 100, -9), { from: 0, to: 50 });
  assert.deepEqual(clampRange({ from: 60, to: 40 }, 100), { from: 40, to: 60 });
  const closest = clampRange({ from: 5, to: 5 }, 100);
  assert.ok(closest.to - closest.from > 0);
  const around = rangeAround(100, 0, 100);
  assert.ok(around.to <= 100 && around.from < around.to);
  assert.deepEqual(zoomRange({ from: 0, to: 0 }, 0, 0.5), { from: 0, to: 0 });
});

test('a ruler has round times, at most as many as there is room for', () => {
  const times = (range, most) => ticksOf(range, most).map(({ ms }) => ms);
  assert.deepEqual(times(whole, 5), [0, 20, 40, 60, 80, 100]);
  assert.deepEqual(times({ from: 33, to: 34 }, 5), [33, 33.2, 33.4, 33.6, 33.8, 34]);
  assert.deepEqual(times({ from: 0, to: 0 }, 5), [0]);
  assert.deepEqual(ticksOf({ from: 50, to: 150 }, 2), [
    { ms: 50, at: 0 },
    { ms: 100, at: 50 },
    { ms: 150, at: 100 },
  ]);
  assert.deepEqual(
    [formatTick(33.2, 0.2), formatTick(1500, 500), formatTick(0, 1), formatTick(0.25, 0.05)],
    ['33.2 ms', '1.5 s', '0', '250 µs'],
  );
  const ticks = (from, to) => {
    const all = ticksOf({ from, to }, 4);
    return all.map(({ ms }) => formatTick(ms, all[1].ms - all[0].ms));
  };
  assert.deepEqual(ticks(179_600, 180_400), [
    '2 min 59.6 s',
    '2 min 59.8 s',
    '3 min 0 s',
    '3 min 0.2 s',
    '3 min 0.4 s',
  ]);
  assert.deepEqual(ticks(3_590_000, 3_630_000), [
    '59 min 50 s',
    '1 h 0 min 0 s',
    '1 h 0 min 10 s',
    '1 h 0 min 20 s',
    '1 h 0 min 30 s',
  ]);
  assert.deepEqual(ticks(3_600_000, 3_600_004)[1], '1 h 0 min 0.001 s');
  assert.deepEqual(ticks(0, 7_200_000).at(-1), '1 h 40 min');
});

test('new traces come in at once, or only when nobody looks', () => {
  const trace = (traceId, second, spanCount = 1) => ({
    traceId,
    startTimeUnixNano: `${second}000000000`,
    spanCount,
  });
  const ids = ({ traces }) => traces.map(({ traceId }) => traceId).join('');
  const list = {
    traces: [trace('c', 30), trace('b', 20), trace('a', 10)],
    nextCursor: 'below a',
  };
  const newest = { traces: [trace('d', 40), trace('c', 30, 5)], nextCursor: 'below c' };
  assert.equal(countNew(list, newest), 1);
  const taken = takeIn(list, newest);
  assert.deepEqual([ids(taken), taken.nextCursor], ['dcba', 'below a']);
  const held = updateInPlace(list, newest);
  assert.deepEqual([ids(held), held.traces[0].spanCount], ['cba', 5]);
  // What no longer matches goes; a gap between old and new is not papered over.
  assert.equal(ids(takeIn(list, { traces: [trace('c', 30)] })), 'c');
  const far = takeIn(list, { traces: [trace('f', 60), trace('e', 50)], nextCursor: 'below e' });
  assert.deepEqual([ids(far), far.nextCursor], ['fe', 'below e']);
  assert.equal(ids(append(list, { traces: [trace('a', 10), trace('z', 1)] })), 'cbaz');
});

test('what cannot be seen, or turns the text around it, is written out', () => {
  assert.equal(legible('a\u202eb\u0000c\u2066'), 'a\\u202eb\\u0000c\\u2066');
  for (const text of ['tab\tline\nümlaut', 'مرحبا', 'می\u200cخواهم', '👩\u200d🚀']) {
    assert.equal(legible(text), text);
  }
  assert.equal(legible('\u{e0067}'), '\\u{e0067}');
  assert.equal(legibleName(' two\nlines '), 'two lines');
  assert.equal(legibleName('  '), '(no name)');
  assert.ok(legibleName('x'.repeat(100_000)).length < 400);
});

test('durations are written in the unit people would choose', () => {
  const written = [0, 0.0004, 0.4, 1.234, 61.25, 999.4, 1234, 61_000, 3_660_000, Number.NaN];
  assert.deepEqual(written.map(formatDuration), [
    '0',
    '400 ns',
    '400 µs',
    '1.23 ms',
    '61.3 ms',
    '999 ms',
    '1.23 s',
    '1 min 1 s',
    '1 h 1 min',
    '–',
  ]);
  assert.equal(elapsedMs('1700000000000000001', '1700000000000500001'), 0.5);
  assert.equal(formatValue(['a', 1]), '["a",1]');
  assert.equal(formatValue('<b>'), '<b>');
});

test('services of one trace get different colours, and keep them', () => {
  const services = ['page', 'api', 'db', 'queue', 'cache', 'mail', 'auth', 'search'];
  const colours = serviceColours(services);
  assert.equal(new Set(colours.values()).size, services.length);
  assert.deepEqual(serviceColours(services.toReversed()), colours);
  assert.ok([...serviceColours([...services, 'ninth']).values()].every((n) => n >= 0 && n < 8));
});

test('the inspector shows the newest trace first, children below their parents', () => {
  const span = (traceId, spanId, parentSpanId, start) => ({
    traceId,
    spanId,
    parentSpanId,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 5_000_000),
  });
  const trees = spanTrees([
    span('t1', 'child', 'root', 20),
    span('t1', 'root', undefined, 10),
    span('t2', 'message', 'elsewhere', 30),
    span('t1', 'grandchild', 'child', 25),
  ]);
  const outline = trees.map(({ rows }) =>
    rows.map(({ span: { spanId }, depth, durationMs }) => [spanId, depth, durationMs]),
  );
  assert.deepEqual(outline, [
    [['message', 0, 5]],
    [
      ['root', 0, 5],
      ['child', 1, 5],
      ['grandchild', 2, 5],
    ],
  ]);
});
