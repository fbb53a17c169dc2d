// The web app's pure parts: the address bar, the rows of a waterfall, times, colours, span trees.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compiled } from './compiled.mjs';

const { parseRoute, listHash, traceHash, isTraceId } = await compiled('viewer/route.ts');
const { visibleRows, parentRow, ancestors, barOf } = await compiled('viewer/rows.ts');
const { formatDuration, formatValue, elapsedMs } = await compiled('viewer/format.ts');
const { serviceColours } = await compiled('viewer/service-colours.ts');
const { spanTrees } = await compiled('demo/span-tree.ts');

const TRACE = '0af7651916cd43dd8448eb211c80319c';

test('a filtered list and a chosen span survive in the address', () => {
  const filters = { service: 'a b&c', status: 'error', text: 'x=1#?', minDurationMs: '12.5' };
  assert.deepEqual(parseRoute(listHash(filters)), { page: 'list', filters });
  assert.deepEqual(parseRoute(traceHash(TRACE, 'b7ad6b7169203331')), {
    page: 'trace',
    traceId: TRACE,
    spanId: 'b7ad6b7169203331',
  });
  assert.equal(parseRoute(traceHash(TRACE)).spanId, undefined);
});

test('an address that makes no sense is the whole list', () => {
  const none = { service: '', status: '', text: '', minDurationMs: '' };
  for (const hash of ['', '#', '#/', '#/trace/', '#/?status=maybe&min_duration_ms=-1', '#x/y']) {
    assert.deepEqual(parseRoute(hash), { page: 'list', filters: none }, hash);
  }
  assert.equal(isTraceId('0'.repeat(32)), false);
  assert.equal(isTraceId(TRACE.slice(1)), false);
  assert.equal(isTraceId(TRACE.toUpperCase()), true);
});

/** @param {string} outline each span by its name, one space a level */
const spansOf = (outline) =>
  outline.split('|').map((line) => {
    const name = line.trimStart();
    return { spanId: name, depth: line.length - name.length };
  });
const names = (rows) => rows.map(({ span }) => span.spanId).join('');

test('a collapsed span hides what is below it, and only that', () => {
  const spans = spansOf('a| b|  c|  d| e|f| g');
  assert.equal(names(visibleRows(spans, new Set())), 'abcdefg');
  assert.equal(names(visibleRows(spans, new Set(['b']))), 'abefg');
  assert.equal(names(visibleRows(spans, new Set(['a', 'b']))), 'afg');
  assert.equal(names(visibleRows(spans, new Set(['g']))), 'abcdefg');
  const rows = visibleRows(spans, new Set());
  assert.equal(parentRow(rows, 3), 1);
  assert.equal(parentRow(rows, 5), -1);
  assert.deepEqual(ancestors(spans, 'd'), ['b', 'a']);
  assert.deepEqual(ancestors(spans, 'nowhere'), []);
});

test('a bar stays inside its row, whatever the clocks said', () => {
  assert.deepEqual(barOf({ offsetMs: 10, durationMs: 20 }, 100), {
    left: 10,
    width: 20,
    label: 'after',
  });
  assert.deepEqual(barOf({ offsetMs: 90, durationMs: 500 }, 100), {
    left: 90,
    width: 10,
    label: 'before',
  });
  assert.deepEqual(barOf({ offsetMs: -5, durationMs: 100 }, 100), {
    left: 0,
    width: 100,
    label: 'inside',
  });
  assert.deepEqual(barOf({ offsetMs: 0, durationMs: 0 }, 0).width, 0);
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
