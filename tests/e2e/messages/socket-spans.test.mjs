// Messages on sockets and event sources: one span each, below its context, active in every listener.
import assert from 'node:assert/strict';
import { inEveryBrowser } from './support/in-page.mjs';

inEveryBrowser('messages on sockets', {
  'one message, one span, from the first listener to the return of the last': async ({
    start,
    run,
    host,
  }) => {
    await start();
    const [actives, spans] = await run(async () => {
      const { t } = window;
      const actives = [];
      const note = () => actives.push(t.activeSpan()?.spanId ?? 'none');
      const send = await window.echo((socket) => {
        socket.addEventListener('message', () => {
          note();
          queueMicrotask(note);
          const until = performance.now() + 5;
          while (performance.now() < until);
        });
        socket.onmessage = note;
        socket.addEventListener('message', { handleEvent: note });
      });
      await send({ traceparent: window.traceparent(1), data: 'é' });
      return [actives, window.named('process')];
    });
    assert.equal(spans.length, 1);
    const [span] = spans;
    // The microtask ran between the first listener and the second, where nothing is active.
    assert.deepEqual(actives, [span.spanId, 'none', span.spanId, span.spanId]);
    assert.equal(span.name, `process ${host}/echo`);
    assert.equal(span.kind, 'consumer');
    assert.equal(span.traceId, '1'.padStart(32, 'a'));
    assert.equal(span.parentSpanId, '1'.padStart(16, 'a'));
    assert.deepEqual(span.attributes, {
      'messaging.system': 'websocket',
      'messaging.destination.name': `${host}/echo`,
      'messaging.operation.type': 'process',
      'messaging.operation.name': 'process',
    });
    const nano = BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano);
    assert.ok(nano >= 4_000_000n && nano < 1_000_000_000n, `${nano} ns`);
  },

  'what listeners do below the span: children, requests, injected carriers': async ({
    start,
    run,
  }) => {
    await start();
    const [seen, spans] = await run(async () => {
      const { t } = window;
      const seen = {};
      const send = await window.echo((socket) => {
        socket.onmessage = () => {
          t.startSpan('child').end();
          seen.request = t.tracedFetch('/page');
          seen.injected = t.activeSpan().inject({});
        };
      });
      const baggage = 'sentry-trace_id=1,team=red,sentry-release=2';
      await send({ traceparent: window.traceparent(1), tracestate: 'a=1', baggage });
      await seen.request.then((response) => response.text());
      await window.ended('GET');
      return [seen.injected, window.spans()];
    });
    const by = (name) => spans.find((span) => span.name.startsWith(name));
    const message = by('process');
    for (const name of ['child', 'GET']) {
      assert.equal(by(name).parentSpanId, message.spanId, name);
      assert.equal(by(name).traceId, message.traceId, name);
    }
    assert.equal(seen.tracestate, 'a=1');
    // Only Sentry's members travel on unless asked for.
    assert.equal(seen.baggage, 'sentry-trace_id=1,sentry-release=2');
    assert.equal(seen.traceparent, `00-${message.traceId}-${message.spanId}-01`);
  },

  'a batch: child of the latest, links to the others; or a trace of its own': async ({
    start,
    run,
  }) => {
    await start();
    const spans = await run(async () => {
      const message = {
        _sentry: { trace: window.sentryTrace(1) },
        updates: [
          { traceparent: window.traceparent(2) },
          {},
          { _sentry: { trace: window.sentryTrace(3) } },
        ],
      };
      const name = (data) => (data.includes('updates') ? 'linked' : null);
      for (const options of [
        {},
        { relation: 'link', name },
        { relation: 'parent', name: 'own name' },
      ]) {
        const send = await window.echo((socket) => (socket.onmessage = () => {}), options);
        await send(message);
        await send({ traceparent: window.traceparent(4), only: 1 });
      }
      return window.spans().filter(({ name }) => name !== 'ui.update');
    });
    const parents = spans.map((span) => [
      span.name.split(' ')[0],
      span.parentSpanId?.at(-1) ?? '',
      span.links.map((link) => link.spanId.at(-1)).join(''),
      span.attributes['messaging.batch.message_count'],
    ]);
    assert.deepEqual(parents, [
      ['process', '3', '12', 3],
      ['process', '4', '', undefined],
      ['linked', '', '123', 3],
      // The function's null: no span for this message.
      ['own', '3', '12', 3],
      ['own', '4', '', undefined],
    ]);
  },

  'no context, no span, unless asked for; synthetic events never': async ({ start, run }) => {
    await start();
    const [ran, spans] = await run(async () => {
      let ran = 0;
      const count = (socket) => {
        socket.onmessage = () => ran++;
      };
      const plain = await window.echo(count);
      for (const data of ['ping', '{}', '{"traceparent":"00-x"}', new Uint8Array([1, 2])])
        await plain(data);
      let untraced;
      const asked = await window.echo(
        (socket) => {
          count(socket);
          untraced = socket;
        },
        { untraced: true, attributes: { room: 'lobby' } },
      );
      await asked('pïng');
      untraced.dispatchEvent(
        new MessageEvent('message', {
          data: JSON.stringify({ traceparent: window.traceparent(1) }),
        }),
      );
      await window.sleep(20);
      return [ran, window.named('process')];
    });
    assert.equal(ran, 6);
    assert.equal(spans.length, 1);
    assert.equal(spans[0].parentSpanId, undefined);
    assert.equal(spans[0].attributes.room, 'lobby');
  },

  'bytes carry a context too': async ({ start, run }) => {
    await start();
    const spans = await run(async () => {
      const send = await window.echo((socket) => {
        socket.binaryType = 'arraybuffer';
        socket.onmessage = () => {};
      });
      await send(new TextEncoder().encode(JSON.stringify({ traceparent: window.traceparent(1) })));
      return window.named('process');
    });
    assert.equal(spans.length, 1);
    assert.equal(spans[0].parentSpanId, '1'.padStart(16, 'a'));
  },

  "the decision is the sender's, and goes on": async ({ start, run }) => {
    await start({ endpoint: null, sampleRate: 1 });
    const [seen, spans, stats] = await run(async () => {
      const { t } = window;
      const seen = [];
      const send = await window.echo((socket) => {
        socket.onmessage = () =>
          seen.push([t.activeSpan().sampled, t.activeSpan().traceparent.slice(-2)]);
      });
      await send({ traceparent: window.traceparent(1, '00') });
      await send({ traceparent: window.traceparent(2, '01') });
      await send({ _sentry: { trace: window.sentryTrace(3, '') } });
      await window.sleep(300);
      return [seen, window.spans(), t.stats()];
    });
    assert.deepEqual(seen, [
      [false, '00'],
      [true, '01'],
      [true, '01'],
    ]);
    assert.equal(spans.filter(({ name }) => name.startsWith('process')).length, 2);
    // No update below what is not recorded.
    assert.equal(spans.filter(({ name }) => name === 'ui.update').length, 2);
    assert.equal(stats.notSampled, 1);
  },

  'sampleRate by trace and tab: the others pass the context on': async ({ start, run }) => {
    await start();
    const [passed, spans] = await run(async () => {
      const { t } = window;
      let passed;
      const send = await window.echo(
        (socket) => {
          socket.onmessage = () => {
            const span = t.activeSpan();
            passed = [span.traceparent, span.inject({}).tracestate, span.sampled];
          };
        },
        { sampleRate: 0 },
      );
      await send({ traceparent: window.traceparent(1), tracestate: 'a=1' });
      return [passed, window.spans()];
    });
    assert.deepEqual(passed, [
      `00-${'1'.padStart(32, 'a')}-${'1'.padStart(16, 'a')}-01`,
      'a=1',
      true,
    ]);
    assert.deepEqual(spans, []);
  },

  'event sources: every event but open and error is a message': async ({ start, run, host }) => {
    await start();
    const [seen, spans] = await run(async () => {
      const { t } = window;
      const event = (name, digit) =>
        `event=${encodeURIComponent(`${name} ${JSON.stringify({ traceparent: window.traceparent(digit) })}`)}`;
      const url = `http://${window.host}/events?${event('message', 1)}&${event('change', 2)}`;
      const source = t.traceEventSource(t.traceEventSource(new EventSource(url)));
      const seen = [];
      source.onopen = () => seen.push(['open', t.activeSpan() === undefined]);
      source.onmessage = () => seen.push(['message', t.activeSpan().traceId.at(-1)]);
      await new Promise((done) => {
        source.addEventListener('change', () => {
          seen.push(['change', t.activeSpan().traceId.at(-1)]);
          done();
        });
      });
      source.close();
      await window.sleep(20);
      return [seen, window.named('process')];
    });
    assert.deepEqual(seen, [
      ['open', true],
      ['message', '1'],
      ['change', '2'],
    ]);
    assert.deepEqual(
      spans.map(({ name, attributes }) => [name, attributes['messaging.system']]),
      [1, 2].map(() => [`process ${host}/events`, 'sse']),
    );
  },

  'while starting: messages keep their context and are written when tracing is on': async ({
    open,
    run,
  }) => {
    await open();
    const [early, spans] = await run(async () => {
      const { t } = window;
      const { promise: module, resolve } = (() => {
        let resolve;
        return { promise: new Promise((done) => (resolve = done)), resolve };
      })();
      const native = window.fetch;
      window.fetch = async (...args) => {
        await module;
        return native(...args);
      };
      const result = t.init({ serviceName: 'page', endpoint: null });
      window.fetch = native;
      const early = {};
      const send = await window.echo((socket) => {
        socket.onmessage = () => {
          early.span = t.activeSpan();
          early.span?.child('below').end();
        };
      });
      await send('no context');
      early.none = early.span === undefined;
      await send({ traceparent: window.traceparent(1), baggage: 'sentry-a=1' });
      t.withSpan('outer', () => t.traceMessage({}, () => {}, { name: 'linked', update: false }));
      early.traceId = early.span.traceId;
      early.spanId = early.span.spanId;
      early.sampled = early.span.sampled;
      early.extracted = t.extractMessageContext({ traceparent: window.traceparent(1) });
      early.injected = t.injectMessageContext({}, early.span);
      resolve();
      early.result = await result;
      early.later = early.span.inject({}).baggage;
      delete early.span;
      await window.ended('ui.update');
      return [early, window.spans()];
    });
    assert.deepEqual(early, {
      none: true,
      traceId: '1'.padStart(32, 'a'),
      spanId: early.spanId,
      sampled: false,
      extracted: null,
      injected: {},
      result: { ok: true },
      later: 'sentry-a=1',
    });
    const by = (name) => spans.find((span) => span.name.startsWith(name));
    assert.equal(by('process').spanId, early.spanId);
    assert.equal(by('process').parentSpanId, '1'.padStart(16, 'a'));
    for (const name of ['below', 'ui.update']) {
      assert.equal(by(name).parentSpanId, early.spanId, name);
      assert.equal(by(name).traceId, early.traceId, name);
    }
    assert.deepEqual(
      by('linked').links.map(({ spanId }) => spanId),
      [by('outer').spanId],
    );
    assert.equal(spans.length, 5);
  },
});
