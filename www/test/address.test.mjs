// What the viewer's address bar says and what it asks of the collector, as pure functions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compiled } from './compiled.mjs';

const {
  parseRoute,
  listHash,
  traceHash,
  isTraceId,
  isFiltered,
  summariesQuery,
  attributeOf,
  NO_FILTERS,
} = await compiled('viewer/route.ts');

const TRACE = '0af7651916cd43dd8448eb211c80319c';

test('a filtered list and a chosen span survive in the address', () => {
  const filters = {
    service: 'a b&c',
    status: 'error',
    text: 'x=1#?',
    minDurationMs: '12.5',
    maxDurationMs: '99',
    attributes: ['http.route:/a?b#c&d', 'user.id:1:2'],
    since: '',
    start: '2026-01-02T03:04:05.000Z',
    end: '2026-01-02T04:04:05.000Z',
  };
  assert.deepEqual(parseRoute(listHash(filters)), { page: 'list', filters });
  const relative = { ...NO_FILTERS, since: '1h' };
  assert.deepEqual(parseRoute(listHash(relative)), { page: 'list', filters: relative });
  assert.ok(isFiltered(relative) && isFiltered(filters) && !isFiltered(NO_FILTERS));
  assert.equal(
    summariesQuery(relative, 7_200_000).toString(),
    'start=1970-01-01T01%3A00%3A00.000Z',
  );
  assert.deepEqual(parseRoute(traceHash(TRACE, 'b7ad6b7169203331')), {
    page: 'trace',
    traceId: TRACE,
    spanId: 'b7ad6b7169203331',
  });
  assert.equal(parseRoute(traceHash(TRACE)).spanId, undefined);
});

test('an address that makes no sense is the whole list', () => {
  const senseless = [
    '#/?status=maybe&min_duration_ms=-1',
    '#/?attribute=novalue&attribute=:v&since=1y&start=soon&end=0x',
    '#/?min_duration_ms=1e999&max_duration_ms=%20&start=0202-01-01T00:00:00Z&end=2263-01-01T00:00:00Z',
  ];
  for (const hash of ['', '#', '#/', '#/trace/', '#x/y', ...senseless]) {
    assert.deepEqual(parseRoute(hash), { page: 'list', filters: NO_FILTERS }, hash);
  }
  assert.equal(isTraceId('0'.repeat(32)), false);
  assert.equal(isTraceId(TRACE.slice(1)), false);
  assert.equal(isTraceId(TRACE.toUpperCase()), true);
});

test('durations and times reach the collector in a form that it takes', () => {
  const { filters } = parseRoute('#/?min_duration_ms=.5&max_duration_ms=1e3&start=2026-01-02');
  assert.deepEqual(
    [filters.minDurationMs, filters.maxDurationMs, filters.start],
    ['0.5', '1000', '2026-01-02T00:00:00.000Z'],
  );
  assert.equal(parseRoute('#/?min_duration_ms=0x10').filters.minDurationMs, '16');
});

test('a value that the collector writes otherwise is not searched for', () => {
  assert.equal(attributeOf('user.id', 'a:b'), 'user.id:a:b');
  assert.equal(attributeOf('retries', 3), 'retries:3');
  assert.equal(attributeOf('share', -0.25), 'share:-0.25');
  assert.equal(attributeOf('cached', false), 'cached:false');
  const others = [1e-7, 1e21, -0, Number.NaN, null, ['a'], { a: 1 }, 'x'.repeat(200)];
  for (const value of others) assert.equal(attributeOf('key', value), undefined, `${value}`);
  assert.equal(attributeOf('a:b', 'c'), undefined);
  assert.equal(attributeOf('', 'c'), undefined);
});
