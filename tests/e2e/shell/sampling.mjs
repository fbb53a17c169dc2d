// Sampling as a page and its backends see it: one decision a trace, told to everybody, and shares that come out.
import assert from 'node:assert/strict';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

/** Five standard deviations around a share of `count`. */
const isShare = (counted, count, share) =>
  Math.abs(counted - count * share) <= 5 * Math.sqrt(count * share * (1 - share));

export const sampling = {
  'one decision a trace, and every reader of sample_rand comes to it': async ({ start, run }) => {
    await start({ endpoint: null, sampleRate: 0.3, buffer: { retain: 10_000 } });
    const [traces, recorded] = await run(() => {
      const { t } = window;
      const traces = Array.from({ length: 2000 }, () => {
        const root = t.startSpan('root');
        const child = root.child('child');
        const { traceparent, baggage, 'sentry-trace': sentry } = child.inject({});
        child.end();
        root.end();
        return [root.sampled, child.sampled, root.traceId, traceparent, sentry, baggage];
      });
      return [traces, t.bufferedSpans().map(({ traceId }) => traceId)];
    });
    const ids = new Set(recorded);
    let sampled = 0;
    for (const [root, child, id, traceparent, sentry, baggage] of traces) {
      const members = Object.fromEntries(baggage.split(',').map((member) => member.split('=')));
      const digit = root ? '1' : '0';
      sampled += Number(root);
      assert.equal(child, root);
      assert.equal(ids.has(id), root);
      assert.equal(traceparent.slice(-2), `0${digit}`);
      assert.equal(sentry.slice(-2), `-${digit}`);
      assert.equal(members['sentry-sampled'], String(root));
      assert.equal(Number(members['sentry-sample_rand']) < 0.3, root, baggage);
    }
    assert.ok(isShare(sampled, 2000, 0.3), `${sampled} of 2000`);
    assert.equal(recorded.length, 2 * sampled);
  },

  'what is not recorded is propagated all the same': async ({ start, run, stats }) => {
    await start({ endpoint: null, sampleRate: 0 });
    const seen = await run(async (traceparent) => {
      const { t } = window;
      const parent = { traceparent, tracestate: 'a=1', baggage: 'k=v' };
      const below = t.startSpan('below', { parent }).child('child');
      const sent = [];
      const real = window.fetch;
      window.fetch = (request) => {
        sent.push(Object.fromEntries(request.headers));
        return real(request);
      };
      const span = t.startSpan('root');
      await span.fetch('/page');
      window.fetch = real;
      const message = t.injectMessageContext({}, span);
      return { below: below.inject({}), sent, root: span.traceparent, message };
    }, `00-${TRACE}-${SPAN}-00`);
    assert.match(seen.below.traceparent, new RegExp(`^00-${TRACE}-(?!${SPAN})[\\da-f]{16}-00$`));
    assert.equal(seen.below.tracestate, 'a=1');
    assert.match(seen.below.baggage, /\bk=v\b/);
    const [headers] = seen.sent;
    assert.equal(headers.traceparent.slice(0, 36), seen.root.slice(0, 36));
    assert.match(headers.traceparent, /-00$/);
    assert.match(headers['sentry-trace'], /-0$/);
    assert.match(headers.baggage, /sentry-sampled=false/);
    assert.equal(seen.message.traceparent, seen.root);
    const counts = await stats();
    assert.deepEqual([counts.started, counts.notSampled], [0, 4]);
  },

  'sampleRate: null invents no decision, not even one that tracesSampler makes': async ({
    start,
    run,
    stats,
  }) => {
    await start({ endpoint: null, sampleRate: null });
    const seen = await run(
      (trace, span) => {
        const { t } = window;
        const below = (parent) => t.startSpan('below', { parent }).child('child').inject({});
        return [
          below({ traceparent: `00-${trace}-${span}-01` }).traceparent,
          below({ traceparent: `00-${trace}-${span}-00` }).traceparent,
          below({ 'sentry-trace': `${trace}-${span}-1` })['sentry-trace'],
          below({ 'sentry-trace': `${trace}-${span}-0` })['sentry-trace'],
          below({ 'sentry-trace': `${trace}-${span}` })['sentry-trace'],
          below(null)['sentry-trace'],
        ].map((text) => text.replace(/^(00-)?[\da-f]{32}-[\da-f]{16}/, ''));
      },
      TRACE,
      SPAN,
    );
    assert.deepEqual(seen, ['-01', '-00', '-1', '-0', '', '']);
    const counts = await stats();
    assert.deepEqual([counts.started, counts.notSampled], [0, 0]);
  },

  'tracesSampler is asked once for a trace, whoever begins it, and sees its attributes': async ({
    site,
    open,
    run,
  }) => {
    await open();
    const [asked, seen] = await run(async () => {
      const { t } = window;
      const asked = [];
      const begun = t.init({
        serviceName: 'x',
        endpoint: null,
        tracesSampler: ({ name, kind, attributes, parentSampled }) => {
          asked.push([name, kind, attributes, parentSampled]);
          return name !== 'no';
        },
      });
      const early = t.startSpan('early', { attributes: { a: 1 } });
      early.child('child').end();
      await begun;
      early.child('late child').child('grandchild');
      const no = t.startSpan('no', { kind: 'producer', attributes: { list: [1] } });
      for (let index = 0; index < 3; index++) no.child('child').end();
      await no.fetch('/page');
      t.traceFlow('flow', { attributes: { step: 1 } }, (flow) => flow.child('child').end());
      t.traceMessage('{}', (span) => span.child('child').end(), { name: 'message' });
      await t.tracedFetch('/page?from=here', { method: 'HEAD' });
      t.tracePageLoad('home', { shown: true });
      return [asked, [early.sampled, no.sampled]];
    });
    const [page] = asked.splice(5);
    assert.deepEqual(
      asked.map(([name, kind, attributes]) => [name, kind, attributes]),
      [
        ['early', 'internal', { a: 1 }],
        ['no', 'producer', { list: [1] }],
        ['flow', 'internal', { step: 1 }],
        ['message', 'consumer', {}],
        [
          'HEAD',
          'client',
          {
            'http.request.method': 'HEAD',
            'url.full': new URL('/page?from=here', site.page()).href,
          },
        ],
      ],
    );
    assert.deepEqual([page[0], page[2]['page.name']], ['documentLoad', 'home']);
    assert.deepEqual(seen, [true, false]);
  },

  'MessageOptions.sampleRate: a share of tabs for each trace, a share of traces for each tab':
    async ({ open, run }) => {
      const TABS = 16;
      const TRACES = 500;
      const tabs = [];
      await open();
      for (let tab = 0; tab < TABS; tab++) {
        // A module of its own is a tab of its own, and quicker than a page.
        const recorded = await run(
          async (tab, traces) => {
            const t = await import(`/dist/index.js?tab=${tab}`);
            await t.init({ serviceName: 'x', endpoint: null, buffer: { retain: 10_000 } });
            for (let turn = 0; turn < 2; turn++)
              for (let index = 1; index <= traces; index++) {
                // Ids as a backend draws them: what is alike in two of them must not matter.
                const id = `${index}`.padStart(8, '0') + '7'.repeat(24);
                const traceparent = `00-${id}-${'5'.repeat(16)}-01`;
                t.traceMessage({ traceparent }, () => {}, { sampleRate: 0.3, update: false });
              }
            return t.bufferedSpans().map(({ traceId }) => Number(traceId.slice(0, 8)));
          },
          tab,
          TRACES,
        );
        const once = new Set(recorded);
        assert.equal(recorded.length, 2 * once.size, 'a trace is recorded whole or not at all');
        assert.ok(isShare(once.size, TRACES, 0.3), `${once.size} of ${TRACES} in a tab`);
        tabs.push(once);
      }
      const sizes = tabs.reduce((sum, { size }) => sum + size, 0);
      assert.ok(isShare(sizes, TABS * TRACES, 0.3), `${sizes} in all`);
      // Tabs choose by themselves: two share what chance lets them share.
      const [one, other] = tabs;
      const both = [...one].filter((id) => other.has(id)).length;
      assert.ok(isShare(both, TRACES, 0.09), `${both} in both`);
    },

  'a page that is not recorded: what begins on it links to no page before it': async (context) => {
    const { start, run } = context;
    await start();
    const links = await run(async () => {
      const { t } = window;
      await t.shutdown();
      let keeps = true;
      await t.init({ serviceName: 'page', endpoint: null, tracesSampler: () => keeps });
      t.tracePageLoad('first');
      t.startSpan('on the first').end();
      keeps = false;
      const second = t.tracePageLoad('second');
      keeps = true;
      t.startSpan('on the second').end();
      const third = t.tracePageLoad('third');
      t.startSpan('on the third').end();
      const linked = t.bufferedSpans().filter(({ name }) => name.startsWith('on the '));
      const ids = linked.map(({ name, links }) => [name, links.map(({ spanId }) => spanId)]);
      return { ids, second: second.sampled, third: third.spanId };
    });
    assert.equal(links.second, false);
    const [[, first], ...others] = links.ids;
    assert.equal(first.length, 1);
    assert.deepEqual(others, [
      ['on the second', []],
      ['on the third', [links.third]],
    ]);
  },
};
