// What a collector answers when it does not take everything, or does not answer: tried again, halved, dropped, counted.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { flush, spans } from './support/in-page.mjs';

export const failures = {
  'retryable answers and broken connections are tried again': async ({
    site,
    start,
    run,
    stats,
  }) => {
    const sink = site.sink();
    await start({ endpoint: sink.url, flushIntervalMs: 50 });
    sink.answers = [
      { status: 429 },
      { status: 502 },
      { status: 503 },
      { status: 504 },
      { reset: true },
    ];
    await spans(run, 4);
    // flush forgets the waiting time: what is tested here is that nothing is lost.
    for (let round = 0; round < 6; round++) await flush(run);
    await sink.until(() => sink.accepted().length >= 4);
    const { delivered, dropped } = await stats();
    assert.deepEqual([delivered, dropped], [4, {}]);
    assert.deepEqual(
      sink.requests.slice(0, 5).map(({ spans: sent }) => sent.length),
      [4, 4, 4, 4, 4],
    );
  },

  'back-off by itself, and never sooner than Retry-After': async (context) => {
    const { site, start, run, stats } = context;
    const sink = site.sink();
    await start({ endpoint: sink.url, flushIntervalMs: 50 });
    sink.answers = [{ status: 503 }, { status: 429, headers: { 'retry-after': '3' } }];
    await spans(run, 1);
    await sink.until(() => sink.requests.length >= 1);
    await spans(run, 1, 10, 'meanwhile');
    await sink.until(() => sink.accepted().length === 2);
    const [first, second, third] = sink.requests.map(({ at }) => at);
    assert.ok(second - first >= 780 && second - first < 3_000, `${second - first} ms`);
    assert.ok(third - second >= 2_950 && third - second < 8_000, `${third - second} ms`);
    assert.equal(sink.requests.length, 3);
    await flush(run);
    assert.equal((await stats()).delivered, 2);
  },

  'other refusals are not tried again': async ({ site, start, run, stats }) => {
    const sink = site.sink();
    await start({ endpoint: sink.url, flushIntervalMs: 600_000 });
    for (const status of [400, 401, 403, 404, 500, 501]) {
      sink.answers = [{ status }];
      await spans(run, 2);
      assert.equal((await flush(run)).dropped, 2, String(status));
    }
    await spans(run, 1);
    await flush(run);
    const { delivered, dropped } = await stats();
    assert.deepEqual([delivered, dropped], [1, { not_retryable: 12 }]);
    assert.equal(sink.requests.length, 7);
  },

  '413 halves the request, down to the single span that is too large': async (context) => {
    const { site, start, run, stats } = context;
    const sink = site.sink();
    await start({ endpoint: sink.url, flushIntervalMs: 600_000 });
    sink.answers = Array.from({ length: 60 }, () => ({ body }) => ({
      status: body.length > 3_000 ? 413 : 200,
    }));
    await spans(run, 16, 300);
    await spans(run, 1, 4_000, 'huge');
    await flush(run);
    const { delivered, dropped, pending } = await stats();
    assert.deepEqual([delivered, dropped, pending], [16, { too_large: 1 }, 0]);
    assert.equal(sink.accepted().length, 16);
    assert.ok(sink.requests.length < 30, `${sink.requests.length} requests`);
  },

  'partialSuccess: what the collector rejected is dropped': async ({ site, start, run, stats }) => {
    const sink = site.sink();
    // partial_success { rejected_spans: 3, error_message: "no" }
    const protobuf = Buffer.from([10, 6, 8, 3, 18, 2, 110, 111]);
    await start({ endpoint: sink.url });
    sink.answers = [{ answer: protobuf, headers: { 'content-type': 'application/x-protobuf' } }];
    await spans(run, 5);
    assert.deepEqual(await flush(run), { delivered: 2, pending: 0, persisted: 0, dropped: 3 });
    sink.answers = [{ answer: Buffer.from([10, 2, 8]) }, { answer: 'not protobuf at all' }];
    await spans(run, 1);
    await flush(run);
    await spans(run, 1);
    await flush(run);
    assert.deepEqual((await stats()).dropped, { rejected: 3 });
    const json = site.sink();
    await start({ endpoint: json.url, protocol: 'http/json' });
    json.answers = [
      { answer: '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"no"}}' },
      { answer: '{"partialSuccess":null}' },
      { answer: '<html>' },
    ];
    for (let round = 0; round < 3; round++) {
      await spans(run, 2);
      await flush(run);
    }
    const { delivered, dropped } = await stats();
    assert.deepEqual([delivered, dropped], [4, { rejected: 2 }]);
  },

  'nobody there: the page goes on, spans wait within the bound': async ({
    start,
    run,
    stats,
    said,
  }) => {
    const maxBytes = 50_000;
    await start({ endpoint: 'http://127.0.0.1:1', flushIntervalMs: 20, buffer: { maxBytes } });
    const attempts = await run(async () => {
      const { t } = window;
      let attempts = 0;
      const real = window.fetch;
      window.fetch = (...args) => {
        attempts++;
        return real(...args);
      };
      for (let index = 0; index < 400; index++) {
        t.withSpan('parent', (span) =>
          span.child('child').setAttribute('f', 'x'.repeat(400)).end(),
        );
        if (index % 20 === 0) await new Promise((done) => setTimeout(done, 50));
      }
      return attempts;
    });
    const { pending, pendingBytes, dropped, ended } = await stats();
    assert.equal(ended, 800);
    assert.ok(pendingBytes <= maxBytes && pendingBytes > maxBytes / 2, `${pendingBytes}`);
    assert.equal(pending + dropped.buffer_full, 800);
    assert.ok(attempts >= 1 && attempts <= 3, `${attempts} attempts in a second`);
    const flushed = await flush(run);
    assert.equal(flushed.delivered, 0);
    assert.ok(flushed.pending > 0);
    assert.deepEqual(said(), []);
  },

  'a collector that never answers holds up nothing for ever': async ({
    site,
    open,
    run,
    stats,
  }) => {
    const sink = site.sink();
    await open();
    await run(async (endpoint) => {
      const real = AbortSignal.timeout.bind(AbortSignal);
      AbortSignal.timeout = (ms) => real(ms > 60_000 ? ms : 300);
      await window.t.init({ serviceName: 'x', endpoint });
    }, sink.url);
    sink.answers = [{ hang: true }];
    await spans(run, 2);
    assert.deepEqual(await flush(run), { delivered: 0, pending: 2, persisted: 0, dropped: 0 });
    assert.equal((await flush(run)).delivered, 2);
    await stats();
  },

  'a fetch that the page broke': async ({ site, start, run, stats }) => {
    const sink = site.sink();
    await start({ endpoint: sink.url, flushIntervalMs: 600_000 });
    const flushed = await run(async () => {
      const { t } = window;
      const real = window.fetch;
      const pending = [];
      t.startSpan('kept').end();
      for (const broken of [
        () => {
          throw new Error('mine');
        },
        () => undefined,
        () => Promise.reject(new Error('mine')),
        async () => ({ ok: true, status: 200 }),
      ]) {
        window.fetch = broken;
        pending.push((await t.flush()).pending);
      }
      window.fetch = real;
      return [pending, (await t.flush()).delivered];
    });
    assert.deepEqual(flushed, [[1, 1, 1, 1], 1]);
    await stats();
  },

  'back online: what waited is sent at once': async ({ site, start, run, stats }) => {
    const sink = site.sink();
    await start({ endpoint: sink.url, flushIntervalMs: 20 });
    sink.answers = [{ status: 503, headers: { 'retry-after': '600' } }];
    await spans(run, 2);
    await sink.until(() => sink.requests.length === 1);
    await sleep(100);
    assert.equal((await stats()).pending, 2);
    await run(() => dispatchEvent(new Event('online')));
    await sink.until(() => sink.accepted().length === 2);
  },
};
