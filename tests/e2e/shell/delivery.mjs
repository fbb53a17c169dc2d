// Delivery to a collector that answers as it likes: when, how, again, and what stats() says of it.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ends so many spans in the page, each with this many bytes of attribute. */
const spans = (run, count, size = 10, name = 's') =>
  run(
    (count, size, name) => {
      for (let index = 0; index < count; index++)
        window.t.startSpan(`${name}${index}`, { attributes: { fill: 'x'.repeat(size) } }).end();
    },
    count,
    size,
    name,
  );
const flush = (run) => run(() => window.t.flush());

export const delivery = {
  'by timer, gzip, with the resource and headers': async ({ site, start, run, stats }) => {
    const sink = site.sink();
    await start({
      endpoint: `${sink.url}/`,
      flushIntervalMs: 100,
      headers: { 'x-team': 'web' },
      serviceVersion: '1.2',
      environment: 'test',
      resource: { 'host.name': 'h', 'service.name': 'not this', list: [1] },
    });
    await spans(run, 100);
    await sink.until(() => sink.accepted().length === 100);
    const [{ headers, url, decoded, sent, body }] = sink.requests;
    assert.equal(url, `${new URL(sink.url).pathname}/v1/traces`);
    assert.equal(headers['content-type'], 'application/x-protobuf');
    assert.equal(headers['content-encoding'], 'gzip');
    assert.ok(sent.length < body.length / 2);
    assert.equal(headers['x-team'], 'web');
    assert.equal(headers.traceparent, undefined);
    const { attributes } = decoded.resourceSpans[0].resource;
    const { 'user_agent.original': agent, 'telemetry.sdk.version': version, ...rest } = attributes;
    assert.ok(agent.startsWith('Mozilla/'));
    assert.match(version, /^\d+\.\d+\.\d+/);
    assert.deepEqual(rest, {
      'service.name': 'page',
      'service.version': '1.2',
      'deployment.environment.name': 'test',
      'host.name': 'h',
      list: [1],
      'telemetry.sdk.name': 'tracelink',
      'telemetry.sdk.language': 'webjs',
    });
    assert.equal(decoded.resourceSpans[0].scopeSpans[0].scope.name, 'tracelink');
    await sleep(50);
    const { delivered, pending, pendingBytes } = await stats();
    assert.deepEqual([delivered, pending, pendingBytes], [100, 0, 0]);
  },

  'by size: 128 KiB do not wait for the timer': async ({ site, start, run }) => {
    const sink = site.sink();
    await start({ endpoint: sink.url, flushIntervalMs: 600_000, compression: 'none' });
    await spans(run, 20, 1000);
    await sleep(300);
    assert.equal(sink.requests.length, 0);
    await spans(run, 130, 1000);
    await sink.until(() => sink.accepted().length >= 120);
    for (const { headers, body } of sink.requests) {
      assert.equal(headers['content-encoding'], undefined);
      assert.ok(body.length < 300_000);
    }
  },

  'as http/json, to tracesEndpoint unchanged': async ({ site, start, run }) => {
    const sink = site.sink();
    const tracesEndpoint = `${sink.url}/custom?key=1`;
    await start({ tracesEndpoint, endpoint: 'http://127.0.0.1:1', protocol: 'http/json' });
    const ids = await run(async () => {
      const { t } = window;
      const span = t.startSpan('json', { kind: 'client', attributes: { a: 1, b: [true], c: 1.5 } });
      span.recordException(new Error('x')).end();
      await t.flush();
      return [span.traceId, span.spanId];
    });
    const [{ headers, url, decoded }] = sink.requests;
    assert.equal(headers['content-type'], 'application/json');
    assert.ok(url.endsWith('/custom?key=1'));
    const [span] = decoded.resourceSpans[0].scopeSpans[0].spans;
    assert.deepEqual([span.traceId, span.spanId], ids);
    assert.equal(span.kind, 3);
    assert.deepEqual(span.status, { code: 2, message: 'x' });
    assert.deepEqual(span.attributes.slice(0, 3), [
      { key: 'a', value: { intValue: '1' } },
      { key: 'b', value: { arrayValue: { values: [{ boolValue: true }] } } },
      { key: 'c', value: { doubleValue: 1.5 } },
    ]);
    assert.equal(typeof span.startTimeUnixNano, 'string');
  },

  'to a relative endpoint on the same origin': async ({ site, start, run }) => {
    const sink = site.sink({ here: true });
    await start({ endpoint: new URL(sink.url).pathname });
    await spans(run, 1);
    assert.equal((await flush(run)).delivered, 1);
    assert.equal(sink.preflights, 0);
    assert.deepEqual(sink.names(), ['s0']);
  },

  'flush: sends now, says what it did, and settles in every case': async ({
    site,
    start,
    run,
    stats,
  }) => {
    const sink = site.sink();
    await start({ endpoint: sink.url, flushIntervalMs: 600_000 });
    assert.deepEqual(await flush(run), { delivered: 0, pending: 0, persisted: 0, dropped: 0 });
    assert.equal(sink.requests.length, 0, 'nothing to send, nothing sent');
    await spans(run, 3);
    assert.deepEqual(await flush(run), { delivered: 3, pending: 0, persisted: 0, dropped: 0 });
    sink.answers = [{ status: 503 }];
    await spans(run, 2);
    assert.deepEqual(await flush(run), { delivered: 0, pending: 2, persisted: 0, dropped: 0 });
    assert.equal((await stats()).pending, 2);
    const both = await run(() => Promise.all([window.t.flush(), window.t.flush()]));
    assert.equal(both[0].delivered, 2);
    assert.equal((await stats()).delivered, 5);
    sink.answers = [{ status: 400 }];
    await spans(run, 2);
    assert.deepEqual(await flush(run), { delivered: 0, pending: 0, persisted: 0, dropped: 2 });
    await stats();
  },

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
    const { site, open, run, stats } = context;
    const sink = site.sink();
    await open();
    await run((endpoint) => {
      // Other tabs come and go here, and a page that becomes visible again does not wait.
      const ignore = (event) => event.stopImmediatePropagation();
      addEventListener('visibilitychange', ignore, true);
      return window.t.init({ serviceName: 'x', endpoint, flushIntervalMs: 50 });
    }, sink.url);
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

  'shutdown sends what is there; discard sends nothing': async ({ site, open, run }) => {
    const [kept, discarded] = [site.sink(), site.sink()];
    await open();
    await run(
      async (kept, discarded) => {
        const { t } = window;
        await t.init({ serviceName: 'x', endpoint: kept });
        t.startSpan('ended').end();
        t.startSpan('open');
        await t.shutdown();
        await t.init({ serviceName: 'y', endpoint: discarded });
        t.startSpan('secret').end();
        t.startSpan('secret open');
        await t.shutdown({ discard: true });
        dispatchEvent(new Event('online'));
        await t.flush();
      },
      kept.url,
      discarded.url,
    );
    assert.deepEqual(kept.names().sort(), ['ended', 'open']);
    assert.deepEqual(discarded.requests, []);
  },

  'listeners of the page are removed at shutdown': async ({ open, run }) => {
    await open();
    const left = await run(async () => {
      const counts = {};
      for (const [name, step] of [
        ['addEventListener', 1],
        ['removeEventListener', -1],
      ]) {
        const real = window[name];
        window[name] = (type, ...rest) => {
          counts[type] = (counts[type] ?? 0) + step;
          return real.call(window, type, ...rest);
        };
      }
      const { t } = window;
      await t.init({ serviceName: 'x', endpoint: null });
      const during = { ...counts };
      await t.shutdown();
      return [during, counts];
    });
    assert.ok(left[0].pagehide >= 1);
    for (const [type, count] of Object.entries(left[1])) assert.equal(count, 0, type);
  },

  'connect-src forbids the endpoint: one warning, then silence': async (context) => {
    const { site, start, run, said, stats, printed } = context;
    const sink = site.sink();
    const csp =
      "default-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval'; img-src data:";
    await start({ endpoint: sink.url, flushIntervalMs: 50 }, { csp });
    await spans(run, 3);
    await sleep(600);
    await spans(run, 2);
    await run(() => window.t.flush());
    await sleep(300);
    const { dropped, pending } = await stats();
    assert.deepEqual([dropped, pending], [{ blocked: 5 }, 0]);
    const lines = printed.filter((line) => line.includes('/v1/traces')).length;
    assert.ok(lines <= 4, `${lines} lines in all, ours and the browser's`);
    assert.equal(said().length, 1);
    assert.deepEqual(sink.requests, []);
  },

  'a violation of somebody else, or only reported, changes nothing': async ({
    site,
    start,
    run,
    stats,
    said,
  }) => {
    const sink = site.sink();
    await start({ endpoint: sink.url });
    await run((url) => {
      const violate = (fields) =>
        document.dispatchEvent(
          new SecurityPolicyViolationEvent('securitypolicyviolation', {
            bubbles: true,
            disposition: 'enforce',
            effectiveDirective: 'connect-src',
            blockedURI: `${url}/v1/traces`,
            ...fields,
          }),
        );
      violate({ disposition: 'report' });
      violate({ blockedURI: 'http://127.0.0.1/other' });
      violate({ effectiveDirective: 'img-src' });
    }, sink.url);
    await spans(run, 1);
    assert.equal((await flush(run)).delivered, 1);
    assert.deepEqual((await stats()).dropped, {});
    assert.deepEqual(said(), []);
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
