// How far a message is read for its span: every form of a message tells the same as its extraction does.
import assert from 'node:assert/strict';
import { inEveryBrowser } from './support/in-page.mjs';

inEveryBrowser('reading messages for their spans', {
  'a span continues the context that extraction finds': async ({ start, run }) => {
    await start();
    const differences = await run(() => {
      const { t } = window;
      const [w, s] = [window.traceparent, window.sentryTrace];
      const escaped = '"\\u0074raceparent":';
      const prices = { prices: [{ id: 'item-1', track: 'é' }], note: 'trace' };
      const messages = [
        { traceparent: w(1), ...prices },
        { type: 'a', n: 1, traceparent: w(1), _sentry: { trace: s(2), baggage: 'a=1' }, ...prices },
        { traceparent: w(1), baggage: 'a=1', ...prices },
        { traceparent: w(1), _sentry: { trace: s(1), baggage: '}' }, ...prices },
        { traceparent: w(1, 'zz'), _sentry: { trace: s(2) }, ...prices },
        { traceparent: w(1, '00'), ...prices },
        { traceparent: w(1), 'sentry-trace': s(2), ...prices },
        { 'sentry-trace': s(2), traceparent: w(1), ...prices },
        { 'sentry-trace': s(1, ''), traceparent: w(1, '00'), ...prices },
        { data: { traceparent: w(1) }, _sentry: { trace: s(2) }, ...prices },
        { data: { traceparent: w(1) }, ...prices },
        { text: '{"traceparent":"', traceparent: w(1), ...prices },
        { traceparent: w(1), updates: [{ traceparent: w(2) }, { _sentry: { trace: s(3) } }, 1] },
        { traceparent: w(1), updates: [{ headers: { TraceParent: w(2) } }] },
        { traceparent: `${w(1)}-1`, n: 1 },
        { updates: [{ a: [{}], traceparent: w(1) }], traceparent: w(2), ...prices },
        { ...prices, headers: { TraceParent: w(1) } },
        { ...prices, _trace: { traceparent: ` ${w(1)} ` } },
        { _sentry: { trace: s(1, '') }, ...prices },
        { ...prices, traceparent: w(1), tracestate: 'a=1', baggage: 'b=2' },
      ].map((message) => JSON.stringify(message));
      messages.push(
        `{"traceparent":"${w(1)}",${escaped}"${w(2)}"}`,
        `{${escaped}"${w(1)}","note":"trace"}`,
        `{"traceparent":"${w(1)}","traceparent":"${w(2)}"}`,
        ` { "a" : 1 ,\n"traceparent" : "${w(1)}" , "b" : 2 }`,
        `[{"traceparent":"${w(1)}"},{"traceparent":"${w(2)}"}]`,
      );
      const differences = [];
      for (const message of messages) {
        const context = t.extractMessageContext(message);
        const count = t.extractMessageContexts(message).length;
        t.traceMessage(message, () => {}, { update: false });
        const span = window.spans().at(-1);
        const expected = context?.sampled === false ? undefined : context?.spanId;
        const same = context?.sampled === false || (span.parentSpanId || undefined) === expected;
        const links = span.links.filter(({ attributes }) => !attributes['tracelink.link']).length;
        const allLinks = context?.sampled === false || links === Math.max(count - 1, 0);
        if (!same || !allLinks) differences.push([message, context, span]);
      }
      return differences;
    });
    assert.deepEqual(differences, []);
  },

  'what stands behind the carriers is not read, but travels on': async ({ start, run }) => {
    await start();
    const carried = await run(() => {
      const { t } = window;
      const dsc = 'sentry-a=1,b=2';
      const rest = `"data":"${'x'.repeat(100)}"`;
      const messages = [
        `{"traceparent":"${window.traceparent(1)}","baggage":"${dsc}",${rest}}`,
        `{"a":[1],"_sentry":{"trace":"${window.sentryTrace(1)}","baggage":"${dsc}"},${rest}}`,
        `{"a":[1],"_sentry":{"trace":"${window.sentryTrace(1)}","baggage":"${dsc}"},"x":"${'y'.repeat(5000)}"}`,
        // Broken behind its carriers: a span has its parent, and nothing travels on.
        `{"traceparent":"${window.traceparent(1)}",${rest},"baggage":"${dsc}`,
        `{"a":1,"traceparent":"${window.traceparent(1)}",${rest}`,
      ];
      return messages.map((message) =>
        t.traceMessage(
          message,
          (span) => [span.traceId === window.traceId(1), span.inject({}).baggage],
          { update: false },
        ),
      );
    });
    const whole = [true, 'sentry-a=1'];
    assert.deepEqual(carried.slice(0, 3), [whole, whole, whole]);
    for (const [known, baggage] of carried.slice(3)) {
      assert.equal(known, true);
      // A trace that came by W3C alone: what is told of it is ours.
      assert.match(baggage, /^sentry-trace_id=[\da-f]{32},sentry-sample_rate=1,/);
      assert.doesNotMatch(baggage, /sentry-a|b=2/);
    }
  },
});
