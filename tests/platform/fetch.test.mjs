// Requests: what their spans say of them, and whose timing an entry is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { becomePage, RecordedSpan } from './page-support.mjs';

becomePage();
const { describeAnswer, describeRequest } = await import('../../js/platform/fetch.js');
const { giveTiming } = await import('../../js/platform/timing.js');
const { callToSend, connectHook } = await import('../../js/platform/hook.js');

const held = [];
connectHook((name, handle, time) => {
  if (name === 'end') held.push([handle, time]);
}, {});

function begin({ method = 'GET', url = 'https://shop.example/cart', sent = url, time = 10 } = {}) {
  const name = /^[A-Z]+$/.test(method) ? method : 'HTTP';
  const span = new RecordedSpan(name, time);
  describeRequest(span, { _method: method, _name: name, _url: url, _request: { url: sent } }, time);
  return span;
}

/** A request that waits for no timing, from start to end. */
function whole(given, status, error = '') {
  const span = begin({ sent: 'data:,', ...given });
  describeAnswer(span, status, error, 20);
  return `${span}`;
}

const entry = (start, end, name = 'https://shop.example/cart') => ({
  name,
  initiatorType: 'fetch',
  nextHopProtocol: 'http/1.1',
  fetchStart: start,
  domainLookupEnd: -1,
  connectStart: 0,
  requestStart: start + 1,
  responseStart: end - 1,
  responseEnd: end,
});

test('a span follows the semantic conventions', () => {
  assert.equal(
    whole({}, 200),
    'GET 10-20 [http.request.method=GET url.full=https://shop.example/cart ' +
      'server.address=shop.example server.port=443 http.response.status_code=200] ()',
  );
  assert.equal(
    whole({ method: 'patch', url: 'http://user:pw@[::1]:8080/a?b=http://c.example' }, 204),
    'HTTP 10-20 [http.request.method=_OTHER http.request.method_original=patch ' +
      'url.full=http://user:pw@[::1]:8080/a?b=http://c.example server.address=::1 server.port=8080 ' +
      'http.response.status_code=204] ()',
  );
  assert.equal(
    whole({ url: 'http://shop.example' }, 200),
    'GET 10-20 [http.request.method=GET url.full=http://shop.example ' +
      'server.address=shop.example server.port=80 http.response.status_code=200] ()',
  );
  for (const url of [
    'data:text/plain,hi',
    'blob:https://a.example/1',
    '',
    'http://',
    'http://[',
    'REDACTED',
  ])
    assert.equal(
      whole({ url }, 200),
      `GET 10-20 [http.request.method=GET url.full=${url} http.response.status_code=200] ()`,
    );
});

test('errors have a type, and an abort is no failure', () => {
  const end = (status, error) => {
    const [, name, tail] = /^(\S+) .*443 ?(.*)$/.exec(whole({}, status, error));
    return `${name} ${tail}`;
  };
  assert.equal(end(404), 'GET! http.response.status_code=404 error.type=404] ()');
  assert.equal(end(503), 'GET! http.response.status_code=503 error.type=503] ()');
  assert.equal(end(399), 'GET http.response.status_code=399] ()');
  assert.equal(end(0, 'TypeError'), 'GET! error.type=TypeError] ()');
  assert.equal(end(-1, 'AbortError'), 'GET error.type=AbortError] ()');
  assert.equal(end(0), 'GET ] ()', 'an opaque answer');
});

test('a span waits for its entry, and is held meanwhile', () => {
  const span = begin({ url: 'https://shop.example/cart#top' });
  describeAnswer(span, 200, '', 20);
  assert.deepEqual(held.pop(), [1, 20]);
  assert.equal(span.ended, undefined);
  giveTiming(entry(11, 19, 'https://shop.example/other'));
  assert.equal(span.ended, undefined, 'another URL');
  giveTiming(entry(11, 19));
  assert.match(
    `${span}`,
    /status_code=200 network.protocol.version=1.1\] \(fetchStart@11 requestStart@12 responseStart@18 responseEnd@19\)$/,
  );
  assert.equal(span.ended, 0, 'written; it keeps the end that it was held with');
});

test('an entry may come before the end of its request', () => {
  const span = begin();
  giveTiming(entry(11, 19));
  assert.equal(span.ended, undefined);
  describeAnswer(span, 200, '', 20);
  assert.equal(span.ended, 0);
  assert.equal(span.events.length, 4);
});

test('an entry that two requests may own belongs to none', () => {
  const [first, second] = [begin(), begin({ time: 11 })];
  describeAnswer(first, 200, '', 20);
  // The second is still under way.
  giveTiming(entry(12, 19));
  assert.equal(first.ended, undefined);
  callToSend('flush');
  assert.deepEqual([first.ended, first.events, second.ended], [0, [], undefined]);
  // With the first one gone, an entry can only be the second's.
  giveTiming(entry(15, 25));
  describeAnswer(second, 200, '', 30);
  assert.equal(second.events[0], 'fetchStart@15');
});

test('an earlier or later request to the same URL gives no timing', () => {
  const span = begin({ time: 100 });
  giveTiming(entry(50, 99));
  describeAnswer(span, 200, '', 120);
  giveTiming(entry(130, 140));
  assert.equal(span.ended, undefined);
  giveTiming(entry(99, 119));
  assert.equal(span.ended, 0);
});

test('protocols', () => {
  for (const [given, shown] of [
    ['h2', '2'],
    ['h3', '3'],
    ['http/1.0', '1.0'],
    ['http/1.1', '1.1'],
    ['', ''],
  ]) {
    const span = begin();
    giveTiming({ ...entry(11, 19), nextHopProtocol: given });
    describeAnswer(span, 0, '', 20);
    assert.equal(/protocol.version=([\d.]*)/.exec(`${span}`)?.[1] ?? '', shown);
  }
});
