// The load of a document: events, children, which resources are left out, what happens without numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomePage, RecordedSpan } from './page-support.mjs';

const timing = {};
becomePage(timing);
const { callToSend } = await import('../../js/platform/hook.js');
const { endWithLoad } = await import('../../js/platform/page.js');

const entry = (start, end, more) => ({
  fetchStart: start,
  requestStart: start + 1,
  responseStart: end - 1,
  responseEnd: end,
  nextHopProtocol: 'h2',
  ...more,
});
const navigation = entry(5, 40, {
  responseStatus: 200,
  unloadEventStart: 0,
  unloadEventEnd: -3,
  domInteractive: 60,
  domContentLoadedEventStart: 61,
  domContentLoadedEventEnd: 62,
  domComplete: 90,
  loadEventStart: 91,
  loadEventEnd: 100,
});

/** Ends a load in its task, or as the page is hidden. */
async function load(entries, { most = 50, hidden = false } = {}) {
  Object.assign(timing, { navigation: [], resource: [], paint: [] }, entries);
  document.readyState = hidden ? 'loading' : 'complete';
  globalThis.addEventListener = () => {};
  const span = new RecordedSpan('documentLoad', 0);
  endWithLoad(span, most);
  if (hidden) callToSend('pageHidden', false);
  await new Promise((resolve) => setTimeout(resolve, 20));
  return [...span.children.map(String), `${span}`];
}

test('the document, its request and its resources', async () => {
  const lines = await load({
    navigation: [navigation],
    resource: [entry(45, 70, { name: 'https://a.example/x.css', responseStatus: 304 })],
    paint: [
      { name: 'first-paint', startTime: 55 },
      { name: 'first-contentful-paint', startTime: 58 },
      { name: 'toString', startTime: 59 },
    ],
  });
  assert.deepEqual(lines, [
    'documentFetch 5-40 [url.full=https://a.example/?page=1 http.response.status_code=200 ' +
      'network.protocol.version=2] (fetchStart@5 requestStart@6 responseStart@39 responseEnd@40)',
    'resourceFetch 45-70 [url.full=https://a.example/x.css http.response.status_code=304 ' +
      'network.protocol.version=2] (fetchStart@45 requestStart@46 responseStart@69 responseEnd@70)',
    'documentLoad 0-100 [http.response.status_code=200] (fetchStart@5 domInteractive@60 ' +
      'domContentLoadedEventStart@61 domContentLoadedEventEnd@62 domComplete@90 ' +
      'loadEventStart@91 loadEventEnd@100 firstPaint@55 firstContentfulPaint@58)',
  ]);
});

test('the slowest resources are kept and the others counted', async () => {
  const resource = [
    [10, 20, 'a'],
    [10, 40, 'b'],
    [10, 30, 'c'],
    [10, 15, 'e'],
    [100, 999, 'late'],
    [10, 0, 'endless'],
  ].map(([start, end, name]) => entry(start, end, { name }));
  const lines = await load({ navigation: [navigation], resource }, { most: 2 });
  const kept = lines.filter((line) => line.startsWith('resourceFetch'));
  assert.deepEqual(
    kept.map((line) => line.split(' network')[0]),
    ['resourceFetch 10-40 [url.full=b', 'resourceFetch 10-30 [url.full=c'],
  );
  assert.match(lines.at(-1), /tracelink.resources.count=4 tracelink.resources.dropped=2\]/);
});

test('a page that is hidden ends its load as incomplete, once', async () => {
  const [line, ...others] = await load({}, { hidden: true });
  assert.match(line, /^documentLoad 0-\d[\d.]* \[tracelink.incomplete=true\] \(\)$/);
  assert.deepEqual(others, []);
});

test('a document that was answered within the first tick of the clock has begun', async () => {
  const [line] = await load({ navigation: [{ ...navigation, fetchStart: 0 }] });
  assert.match(line, /^documentFetch 0-40 .*\(fetchStart@0 /);
});

test('a document that had come within the first tick of the clock has its request', async () => {
  const times = { fetchStart: -13, requestStart: 0, responseStart: 0, responseEnd: 0 };
  const [line] = await load({ navigation: [{ ...navigation, ...times }] });
  assert.match(line, /^documentFetch -13-0 /);
  const unparsed = { ...navigation, ...times, domInteractive: 0 };
  const [first] = await load({ navigation: [unparsed] });
  assert.doesNotMatch(first, /^documentFetch/, 'still under way, as far as is known');
});

test('entries that throw end the load all the same', async () => {
  const hostile = Object.defineProperty({ ...navigation }, 'domInteractive', {
    get() {
      throw new Error('mine');
    },
  });
  const lines = await load({ navigation: [hostile] });
  assert.match(lines.at(-1), /^documentLoad 0-100 /);
});
