// A page and a server with @sentry/node: who decided, and the dynamic sampling context, are the same for both.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { root } from '../../../../scripts/lib/paths.mjs';
import { startService } from '../../../../scripts/lib/service.mjs';
import { BROWSERS, launch, openPage } from '../../../e2e/harness/browsers.mjs';

const SERVER = fileURLToPath(new URL('./sentry-peer/server.mjs', import.meta.url));
const chosen = process.env.INTEROP_BROWSERS?.split(',') ?? BROWSERS;
const SENTRY = { publicKey: 'page', orgId: '42', release: 'page@1', environment: 'test' };

const startPeer = (env) =>
  startService('sentry peer', process.execPath, [SERVER], { cwd: root, env });

/** The members of a baggage header, in no order. */
const membersOf = (baggage = '') => new Set(baggage.split(',').filter(Boolean));

const scenarios = {
  async 'the server goes on with the trace of the page, under its dynamic sampling context'(peer) {
    await peer.open({ sentry: SENTRY });
    const { traceId, spanId, seen } = await peer.call();
    const sent = membersOf(seen.headers.baggage);
    assert.deepEqual(membersOf(seen.data.baggage), sent);
    for (const member of ['trace_id=', 'public_key=page', 'org_id=42', 'transaction=checkout'])
      assert.match(seen.data.baggage, new RegExp(`(^|,)sentry-${member}`));
    assert.match(seen.data['sentry-trace'], new RegExp(`^${traceId}-[\\da-f]{16}-1$`));
    const [envelope] = await peer.envelopesOf(traceId);
    const named = Object.entries(envelope.trace).map(
      ([key, value]) => `sentry-${key}=${encodeURIComponent(value)}`,
    );
    assert.deepEqual(new Set(named), sent, 'what Sentry gets');
    assert.ok(envelope.spans.some((span) => span.parent_span_id === spanId));
  },

  async 'a trace of another organisation is not continued'(peer) {
    await peer.open({ sentry: { ...SENTRY, orgId: '7' } });
    const { traceId, seen } = await peer.call();
    assert.equal(seen.headers['sentry-trace'].slice(0, 32), traceId);
    assert.notEqual(seen.data['sentry-trace'].slice(0, 32), traceId);
  },

  async 'what the page decides, the server does'(peer) {
    await peer.open({ sentry: SENTRY, sampleRate: 0 });
    const { traceId, seen } = await peer.call();
    assert.match(seen.data['sentry-trace'], new RegExp(`^${traceId}-[\\da-f]{16}-0$`));
    assert.deepEqual(await peer.envelopesOf(traceId), []);
  },

  async 'what the page leaves open, the server decides'(peer) {
    await peer.open({ sentry: SENTRY, sampleRate: null });
    const { traceId, seen } = await peer.call();
    assert.match(seen.headers['sentry-trace'], /^[\da-f]{32}-[\da-f]{16}$/);
    assert.match(seen.data['sentry-trace'], new RegExp(`^${traceId}-[\\da-f]{16}-1$`));
    // Sentry adds the rate by which it decided.
    const told = membersOf(seen.headers.baggage).add('sentry-sample_rate=1');
    assert.deepEqual(membersOf(seen.data.baggage), told);
  },

  async 'a trace that came by W3C alone has a dynamic sampling context from here on'(peer) {
    await peer.open({ sentry: SENTRY });
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const { traceId, seen } = await peer.call({ parent: { traceparent } });
    assert.equal(traceId, 'a'.repeat(32));
    assert.match(seen.data['sentry-trace'], new RegExp(`^${traceId}-[\\da-f]{16}-1$`));
    assert.match(seen.data.baggage, /sentry-public_key=page/);
    assert.deepEqual(membersOf(seen.data.baggage), membersOf(seen.headers.baggage));
  },

  async 'a message of the server goes on in the page and back to the server'(peer) {
    await peer.open({ sentry: SENTRY });
    const { message, sampled, seen } = await peer.receive();
    const [traceId, , decision] = message._sentry.trace.split('-');
    assert.deepEqual([decision, sampled], ['1', true]);
    assert.equal(seen.headers.baggage, message._sentry.baggage, 'as it came');
    assert.deepEqual(membersOf(seen.data.baggage), membersOf(message._sentry.baggage));
    assert.match(seen.data['sentry-trace'], new RegExp(`^${traceId}-[\\da-f]{16}-1$`));
  },

  async "a message of a server that decides nothing is the page's to decide"(peer) {
    for (const [sampleRate, digit] of [
      [1, '1'],
      [0, '0'],
    ]) {
      await peer.open({ sentry: SENTRY, sampleRate }, 'undecided');
      const { message, sampled, seen } = await peer.receive();
      assert.match(message._sentry.trace, /^[\da-f]{32}-[\da-f]{16}$/);
      assert.doesNotMatch(message._sentry.baggage, /sentry-sampled/);
      assert.equal(sampled, sampleRate === 1);
      assert.equal(seen.headers.baggage, message._sentry.baggage);
      assert.equal(seen.data['sentry-trace'].split('-')[2], digit);
    }
  },
};

describe('a server with @sentry/node', () => {
  const urls = {};
  const running = [];
  before(async () => {
    running.push(await startPeer({ SENTRY_TRACES_SAMPLE_RATE: '1' }), await startPeer());
    [urls.decides, urls.undecided] = running.map(({ url }) => url);
  });
  after(() => Promise.all(running.map((service) => service.stop())));

  for (const browserName of chosen)
    describe(browserName, () => {
      let browser;
      before(async () => {
        browser = await launch(browserName);
      });
      after(() => browser?.close());
      for (const [what, scenario] of Object.entries(scenarios))
        test(what, async () => {
          const { page, errors } = await openPage(browser);
          let url;
          const peer = {
            async open(options, which = 'decides') {
              url = urls[which];
              await page.goto(url);
              const result = await page.evaluate(async (options) => {
                window.t = await import('/dist/index.js');
                return window.t.init({ serviceName: 'page', endpoint: null, ...options });
              }, options);
              assert.deepEqual(result, { ok: true });
            },
            /** A request below a new span: the span's ids, and what the server saw. */
            call: (options) =>
              page.evaluate(async (options) => {
                const { startSpan, tracedFetch } = window.t;
                const span = startSpan('checkout', options);
                const response = await span.run(() => tracedFetch('/echo'));
                span.end();
                const seen = await response.json();
                const [, spanId] = seen.headers['sentry-trace'].split('-');
                return { traceId: span.traceId, spanId, seen };
              }, options),
            /** A message of the server, and what it saw of a request below the message's span. */
            receive: () =>
              page.evaluate(async () => {
                const message = await (await fetch('/message')).json();
                return window.t.traceMessage(message, async (span) => {
                  const seen = await (await span.fetch('/echo')).json();
                  return { message, sampled: span.sampled, seen };
                });
              }),
            async envelopesOf(traceId) {
              const all = await (await fetch(`${url}/envelopes`)).json();
              return all.filter(({ trace }) => trace?.trace_id === traceId);
            },
          };
          try {
            await scenario(peer);
            assert.deepEqual(errors, []);
          } finally {
            await page.close();
          }
        });
    });
});
