// What a collector answers, through the transport as it is shipped: whatever comes, the crate hears of it once, in numbers.
import assert from 'node:assert/strict';
import { connectHook } from '../../js/platform/hook.js';
import { send, setEndpoint } from '../../js/platform/transport.js';
import { random, repeat } from './random.mjs';

const memory = { buffer: new ArrayBuffer(64) };

/** Parts of answers that mean something, and some that do not. */
const JSON_PARTS = [
  '{"partialSuccess":{"rejectedSpans":',
  '"3"',
  '5',
  '-1',
  '1e400',
  'null',
  '[]',
  '}}',
  '{"partialSuccess":null}',
  '<html>',
  '\ufeff',
];
const RETRY_AFTER = [
  '',
  '0',
  '5',
  '007',
  '1e3',
  '-1',
  '1.5',
  '9'.repeat(400),
  'Wed, 21 Oct 2065 07:28:00 GMT',
  'Wed, 21 Oct 2015 07:28:00 GMT',
  'soon',
  '0x10',
  'Infinity',
];
const STATUSES = [200, 202, 204, 206, 301, 400, 408, 413, 429, 500, 502, 503, 504, 599];

function answer({ below, any, bytes }, json) {
  const status = any(STATUSES);
  const headers = {};
  if (below(2)) headers['retry-after'] = any(RETRY_AFTER);
  let body = bytes();
  if (json) body = Array.from({ length: below(5) }, () => any(JSON_PARTS)).join('');
  else if (below(2)) body = Uint8Array.of(10, below(12), 8, ...body);
  if (status === 204) body = null;
  return new Response(body, { status, headers });
}

/** One request and its answer, or the failure instead. */
async function once(values) {
  const json = values.below(2) === 1;
  const answers = [];
  connectHook((name, ...args) => name === 'answered' && answers.push(args), { memory });
  setEndpoint('http://collector/v1/traces', {}, json ? () => '{}' : undefined, false, true);
  globalThis.fetch = async () => {
    const kind = values.below(10);
    if (kind === 0) throw new TypeError('no network');
    if (kind === 1) return values.odd();
    if (kind === 2) {
      const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('x')) });
      return new Response(broken);
    }
    return answer(values, json);
  };
  await send(7, 0, 16, values.below(2));
  assert.equal(answers.length, 1, 'answered once');
  const [id, status, wait, rejected, jitter] = answers[0];
  assert.equal(id, 7);
  assert.ok(status === undefined || (status >= 0 && status <= 599), `status ${status}`);
  assert.ok(wait === -1 || wait >= 0, `wait ${wait}`);
  assert.ok(typeof rejected === 'number' && !Number.isNaN(rejected), `rejected ${rejected}`);
  assert.ok(jitter >= 0 && jitter < 1);
}

export async function run({ seed, ...limits }) {
  const values = random(seed);
  const native = globalThis.fetch;
  try {
    return await repeat(limits, () => once(values));
  } finally {
    globalThis.fetch = native;
  }
}
