// Sentry's headers from a page: the dynamic sampling context, open decisions, whose traces are continued.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { inEveryBrowser, startWith } from './support/scenarios.mjs';

const FILE = new URL('../../conformance/sentry.json', import.meta.url);
const { decision_matrix: MATRIX, strict_trace_continuation: ORGANISATIONS } = JSON.parse(
  readFileSync(FILE, 'utf8'),
);

const TRACE = '771a43a4192642f0b136d5159a501700';
const SPAN = 'b0e6f15b45c36b12';
const W3C = `00-${TRACE}-${SPAN}`;
const DSC = `sentry-trace_id=${TRACE},sentry-sample_rate=0.5,sentry-sample_rand=0.4,sentry-release=7`;

/** The members of a baggage header by their keys, Sentry's without their prefix. */
const membersOf = (baggage = '') =>
  Object.fromEntries(
    baggage
      .split(',')
      .filter(Boolean)
      .map((member) => {
        const [key, value] = member.split('=');
        return [key.replace(/^sentry-/, ''), decodeURIComponent(value)];
      }),
  );

/** The headers of a request below a new span of that name, as they arrived. */
const sentBelow = ({ run }, options = {}, name = 'checkout') =>
  run(
    async (name, options) => {
      const span = window.t.startSpan(name, options);
      const { h } = await window.J(span.fetch('/echo'));
      span.end();
      return h;
    },
    name,
    options,
  );

/** Sentry's rule for whoever writes all three. */
function assertConsistent({ sample_rate: rate, sample_rand: rand, sampled }, why) {
  assert.match(rand, /^0(\.\d{1,6})?$/, why);
  assert.equal(Number(rand) < Number(rate), sampled === 'true', `${why}: ${rand} < ${rate}`);
}

inEveryBrowser({
  'who begins a trace says all of it, and the same until its end': async (context) => {
    const sentry = { publicKey: 'key', orgId: '42', release: 'web@2, "é"', environment: 'stage' };
    await context.start({ sentry, sampleRate: 1, maxBaggageBytes: 8192 });
    const [first, second] = [await sentBelow(context), await sentBelow(context)];
    const { trace_id: traceId, sample_rand: rand, ...said } = membersOf(first.baggage);
    assert.equal(first['sentry-trace'].slice(0, 32), traceId);
    assert.match(rand, /^0\.\d{1,6}$/);
    assert.deepEqual(said, {
      public_key: 'key',
      release: 'web@2, "é"',
      environment: 'stage',
      org_id: '42',
      transaction: 'checkout',
      sample_rate: '1',
      sampled: 'true',
    });
    assert.notEqual(membersOf(second.baggage).trace_id, traceId);
    const both = await context.run(async () => {
      const span = window.t.startSpan('root, "é" \ud800');
      const child = span.child('child');
      const headers = [await window.J(span.fetch('/echo')), await window.J(child.fetch('/echo'))];
      return headers.map(({ h }) => h.baggage);
    });
    assert.equal(both[0], both[1]);
    assert.equal(membersOf(both[1]).transaction, 'root, "é" \ufffd');
  },

  'the transaction is what the first span is called, by then': async (context) => {
    for (const sampleRate of [1, 0]) {
      await context.start({ sampleRate });
      const sent = await context.run(async () => {
        const span = window.t.startSpan('route');
        const child = span.child('child');
        const seen = [];
        const renamed = async (named, name) => {
          named.updateName(name);
          seen.push((await window.J(child.fetch('/echo'))).h.baggage);
        };
        await renamed(child, 'no root');
        await renamed(span, '/orders/17');
        await renamed(span, 'orders');
        span.end();
        await renamed(span, 'late');
        return seen;
      });
      const names = sent.map((baggage) => membersOf(baggage).transaction);
      assert.deepEqual(names, ['route', undefined, 'orders', 'orders']);
    }
  },

  'names that may be URLs, tell of parameters or persons stay here': async (context) => {
    await context.start();
    const names = ['/orders/17', 'https://a.example', 'a?b', 'key=value', 'me@host.example', ''];
    for (const name of [...names, 'x'.repeat(201)]) {
      const { baggage } = await sentBelow(context, {}, name);
      assert.match(baggage, /sentry-trace_id=/);
      assert.equal(membersOf(baggage).transaction, undefined, name);
    }
    const { h } = await context.run(() => window.J(window.t.tracedFetch('/echo')));
    assert.equal(membersOf(h.baggage).transaction, 'GET');
  },

  'rate, random number and decision agree, whoever decided': async (context) => {
    await context.start({ sampleRate: 0.5 });
    for (let count = 0; count < 8; count++)
      assertConsistent(membersOf((await sentBelow(context)).baggage), 'by sampleRate');
    for (const answer of [0, 0.25, 1, true, false]) {
      await startWith(context, `{ sampleRate: 0.5, tracesSampler: () => ${answer} }`);
      const said = membersOf((await sentBelow(context)).baggage);
      assert.equal(said.sample_rate, `${Number(answer)}`);
      assertConsistent(said, `the page said ${answer}`);
    }
    await context.start({ sampleRate: 0.5 });
    for (const [flags, rate] of [
      ['01', '1'],
      ['00', '0'],
    ]) {
      const said = membersOf(
        (await sentBelow(context, { parent: { traceparent: `${W3C}-${flags}` } })).baggage,
      );
      assert.deepEqual([said.trace_id, said.sample_rate], [TRACE, rate]);
      assertConsistent(said, `a parent that knows W3C only said ${flags}`);
    }
    const linked = await context.run(
      async (parents) => {
        const seen = [];
        for (const traceparent of parents)
          await window.t.traceMessage(
            { traceparent },
            async (span) => seen.push(await window.J(span.fetch('/echo'))),
            { relation: 'link' },
          );
        return seen.map(({ h }) => h.baggage);
      },
      [`${W3C}-01`, `${W3C}-00`],
    );
    for (const baggage of linked) {
      assert.notEqual(membersOf(baggage).trace_id, TRACE);
      assertConsistent(membersOf(baggage), 'a trace of its own with the decision of a message');
    }
    assert.deepEqual(
      linked.map((baggage) => membersOf(baggage).sampled),
      ['true', 'false'],
    );
  },

  'what came with sentry-trace stays as it came, an empty one empty': async (context) => {
    const sentry = { publicKey: 'key', release: 'ours' };
    await context.start({ sentry });
    const sentryTrace = `${TRACE}-${SPAN}-1`;
    const baggageFor = async (parent) => {
      const h = await sentBelow(context, { parent });
      assert.match(h['sentry-trace'], new RegExp(`^${TRACE}-(?!${SPAN})[\\da-f]{16}-[01]$`));
      return h.baggage;
    };
    assert.equal(await baggageFor({ 'sentry-trace': sentryTrace, baggage: DSC }), DSC);
    assert.equal(await baggageFor({ 'sentry-trace': sentryTrace }), undefined);
    assert.equal(await baggageFor({ 'sentry-trace': sentryTrace, baggage: 'a=1' }), 'a=1');
    const both = { traceparent: `${W3C}-01`, 'sentry-trace': sentryTrace };
    assert.equal(await baggageFor({ ...both, baggage: DSC }), DSC);
    assert.equal(await baggageFor(both), undefined, 'both name the trace');
    assert.equal(await baggageFor({ traceparent: both.traceparent, baggage: DSC }), DSC);
    const ours = await baggageFor({ traceparent: both.traceparent, baggage: 'a=1' });
    assert.match(ours, new RegExp(`^a=1,sentry-trace_id=${TRACE},sentry-public_key=key,`));

    const messages = await context.run(
      async (list) => {
        const seen = [];
        for (const message of list)
          for (const form of [message, JSON.stringify(message)])
            await window.t.traceMessage(form, async (span) =>
              seen.push((await window.J(span.fetch('/echo'))).h.baggage ?? ''),
            );
        return seen;
      },
      [
        { _sentry: { trace: sentryTrace } },
        { _sentry: { trace: sentryTrace, baggage: DSC } },
        { traceparent: both.traceparent, _sentry: { trace: sentryTrace } },
        { ...both },
        { traceparent: both.traceparent },
        { traceparent: both.traceparent, baggage: 'a=1' },
      ],
    );
    const own = /^sentry-trace_id=771a43a4192642f0b136d5159a501700,sentry-public_key=key,/;
    assert.deepEqual(messages.slice(0, 4), ['', '', DSC, DSC]);
    assert.deepEqual(messages.slice(6, 8), ['', '']);
    for (const [at, baggage] of messages.slice(4, 6).entries())
      assert.match(baggage, own, `the nearer place knows W3C only: ${at}`);
    for (const baggage of messages.slice(8)) assert.match(baggage, own);
  },

  'two traces in one place: W3C is used, and Sentry is told of that one': async (context) => {
    await context.start();
    const parent = {
      traceparent: `${W3C}-01`,
      'sentry-trace': `${'1'.repeat(32)}-${'2'.repeat(16)}-0`,
      baggage: 'sentry-release=other,a=1',
    };
    const h = await sentBelow(context, { parent });
    assert.equal(h['sentry-trace'].slice(0, 32), TRACE);
    assert.equal(h['sentry-trace'].slice(-2), '-1');
    const { trace_id: traceId, release, a } = membersOf(h.baggage);
    assert.deepEqual([traceId, release, a], [TRACE, undefined, '1']);
  },

  'every row of the matrix: continued or begun, recorded, headers': async (context) => {
    assert.ok(MATRIX.length >= 14);
    for (const row of MATRIX) {
      const { incoming, incoming_sampled: decision, targets_match: match } = row;
      await context.start({
        sampleRate: row.tracesSampleRate,
        tracePropagationTargets: match === 'yes' ? ['/'] : [],
      });
      const digit = decision === 'deferred' ? '' : `-${decision}`;
      const options =
        incoming === 'present' ? { parent: { 'sentry-trace': `${TRACE}-${SPAN}${digit}` } } : {};
      const h = await sentBelow(context, options);
      const what = JSON.stringify(row);
      const { started } = await context.run(() => window.t.stats());
      assert.equal(started > 0, row.send_spans === 'yes', `spans: ${what}`);
      const sent = h['sentry-trace'];
      for (const name of ['sentry-trace', 'traceparent'])
        assert.equal(name in h, row.outgoing_headers === 'yes', `headers: ${what}`);
      if (row.continue_trace === 'yes') assert.equal(sent.slice(0, 32), TRACE, what);
      if (!sent) continue;
      if (decision === '0' || decision === '1') assert.equal(sent.slice(-2), digit, what);
      else if (row.tracesSampleRate === null) assert.match(sent, /^[\da-f]{32}-[\da-f]{16}$/, what);
      else assert.equal(sent.slice(-2), `-${row.tracesSampleRate}`, what);
    }
  },

  'traces of other organisations begin anew': async (context) => {
    for (const row of ORGANISATIONS) {
      const sentry = {
        strictTraceContinuation: row.strict,
        ...(row.sdk && { orgId: `${row.sdk}` }),
      };
      await context.start({ sentry });
      const baggage = `sentry-release=1${row.baggage ? `,sentry-org_id=${row.baggage}` : ''}`;
      const carrier = { 'sentry-trace': `${TRACE}-${SPAN}-1`, baggage };
      const h = await sentBelow(context, { parent: carrier });
      const continued = row.result === 'continue';
      const what = JSON.stringify(row);
      assert.equal(h['sentry-trace'].startsWith(TRACE), continued, what);
      assert.equal(membersOf(h.baggage).release, continued ? '1' : undefined, what);
      const message = await context.run(
        (given) => {
          const context = window.t.extractMessageContext({ _sentry: given });
          return context?.traceId ?? null;
        },
        { trace: carrier['sentry-trace'], baggage },
      );
      assert.equal(message, continued ? TRACE : null, what);
    }
  },

  "an open decision is the page's to make, by the random number that came": async (context) => {
    const open = { 'sentry-trace': `${TRACE}-${SPAN}` };
    const withNumber = { ...open, baggage: DSC };
    for (const [sampleRate, parent, digit] of [
      [0.41, withNumber, '1'],
      [0.4, withNumber, '0'],
      [1, open, '1'],
      [0, open, '0'],
      [null, withNumber, ''],
    ]) {
      await context.start({ sampleRate });
      const h = await sentBelow(context, { parent });
      assert.equal(h['sentry-trace'].split('-')[2] ?? '', digit, `${sampleRate}`);
      assert.equal(h.baggage, parent.baggage);
    }
    await startWith(
      context,
      `{ sampleRate: 1, tracesSampler(context) {
        (window.asked ??= []).push({ ...context, inherited: context.inheritOrSampleWith(0.9) });
        return window.answers.shift();
      } }`,
    );
    const results = await context.run(
      (carriers) => {
        const { t } = window;
        window.answers = [0.41, 0.4, true, false, 'no rate', 0, 0];
        const sampled = (parent) => t.startSpan('below', { kind: 'client', parent }).sampled;
        const results = carriers.map(sampled);
        const [, open] = carriers;
        results.push(
          sampled(t.extractMessageContext({ _sentry: { trace: open['sentry-trace'] } })),
        );
        const parent = t.startSpan('parent', { parent: open });
        results.push(parent.sampled, parent.child('child').sampled);
        return results;
      },
      [withNumber, withNumber, open, open, withNumber],
    );
    // Without an answer it is sampleRate's, and below the parent nobody is asked again.
    assert.deepEqual(results, [true, false, true, false, true, false, false, false]);
    const asked = await context.run(() =>
      window.asked.map(({ parentSampled, inheritOrSampleWith, ...rest }) => ({
        ...rest,
        isOpen: parentSampled === undefined,
      })),
    );
    const common = { name: 'below', kind: 'client', attributes: {}, isOpen: true };
    const sent = { ...common, parentSampleRate: 0.5, inherited: 0.5 };
    const unsent = { ...common, inherited: 0.9 };
    assert.deepEqual(asked.slice(0, 6), [sent, sent, unsent, unsent, sent, unsent]);
    assert.equal(asked.length, 7);
    const messages = await context.run((given) => {
      window.asked = [];
      window.answers = [0.41, 0.4, 0.41, 'no rate', 0, 1];
      const seen = [];
      const see = (message, options) =>
        window.t.traceMessage(message, (span) => seen.push(span.sampled), options);
      const message = { _sentry: { trace: given['sentry-trace'], baggage: given.baggage } };
      see(message, { name: 'prices' });
      see(JSON.stringify(message));
      see(new TextEncoder().encode(JSON.stringify(message)));
      see(message);
      for (const answer of [0, 1]) see(message, { name: `own ${answer}`, relation: 'link' });
      return [
        seen,
        window.asked.map(({ name, kind, parentSampleRate }) => [name, kind, parentSampleRate ?? 0]),
      ];
    }, withNumber);
    assert.deepEqual(messages[0], [true, false, true, true, false, true]);
    assert.deepEqual(messages[1], [
      ['prices', 'consumer', 0.5],
      ...Array.from({ length: 3 }, () => ['process', 'consumer', 0.5]),
      ['own 0', 'consumer', 0],
      ['own 1', 'consumer', 0],
    ]);
    const decided = await context.run(
      (parent) => {
        window.asked = [];
        window.t.startSpan('decided', { parent });
        return window.asked.length;
      },
      { 'sentry-trace': `${TRACE}-${SPAN}-0` },
    );
    assert.equal(decided, 0, "a decision that came is not the page's");
  },
});
