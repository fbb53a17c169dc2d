// Delivery to a collector that answers as it likes: when, how, again, and what stats() says of it.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { flush, spans } from './support/in-page.mjs';

export const delivery = {
  'headers as an object of the browser, and past the endpoint the page has its own': async (
    context,
  ) => {
    const { site, start, run, stats } = context;
    const sink = site.sink({ here: true });
    await start();
    await run(async (endpoint) => {
      const { t } = window;
      await t.shutdown();
      const headers = new Headers({ 'X-Team': 'web' });
      await t.init({ serviceName: 'page', endpoint, headers, sampleRate: 1 });
      await t.tracedFetch(`${endpoint}/v1/traces`, { method: 'POST' });
      await t.tracedFetch(`${endpoint}/v1/traces-of-animals`, { method: 'POST' });
      await t.flush();
    }, sink.url);
    const own = sink.requests.at(-1);
    assert.equal(own.headers['x-team'], 'web');
    assert.equal(own.headers['content-type'], 'application/x-protobuf');
    assert.deepEqual(
      sink.requests.map(({ headers, url }) => [/animals/.test(url), 'traceparent' in headers]),
      [
        [false, false],
        [true, true],
        [false, false],
      ],
    );
    assert.equal((await stats()).started, 1);
  },

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
    await sink.until(async () => (await stats()).delivered === 100, 'the page heard of all');
    const { pending, pendingBytes } = await stats();
    assert.deepEqual([pending, pendingBytes], [0, 0]);
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

  'a body stays as it is until its answer, whatever is sent meanwhile': async ({
    site,
    start,
    run,
  }) => {
    const sink = site.sink({ here: true });
    await start({ endpoint: sink.url, flushIntervalMs: 600_000, compression: 'none' });
    await spans(run, 3);
    await flush(run);
    const bodies = await run(async () => {
      const { t } = window;
      const sent = [];
      window.fetch = (_url, { body }) =>
        new Promise((resolve) => sent.push({ body, before: [...body], resolve }));
      const begin = (name) => t.startSpan(name).end();
      begin('first');
      const flushed = t.flush();
      begin('other');
      dispatchEvent(new PageTransitionEvent('pagehide', { persisted: false }));
      const bodies = sent.map(({ body, before }) => [
        String([...body]) === String(before),
        before.length,
      ]);
      for (const { resolve } of sent) resolve(new Response());
      await flushed;
      return bodies;
    });
    assert.equal(bodies.length, 2);
    for (const [same, length] of bodies) assert.ok(same && length > 50, `${bodies}`);
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
};
