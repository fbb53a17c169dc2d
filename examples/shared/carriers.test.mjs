// The context that messages carry, written and read back: W3C first, else Sentry's, else none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { propagation, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { carriersOf, contextOf } from './carriers.mjs';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const OTHER = '0123456789abcdef0123456789abcdef';

/** @param {Record<string, any>} message */
const spanOf = (message) => trace.getSpanContext(contextOf(message));

test('what is written is read back, by either format alone', () => {
  const span = trace.wrapSpanContext({
    traceId: TRACE,
    spanId: SPAN,
    traceFlags: TraceFlags.SAMPLED,
  });
  const carriers = carriersOf(span, ROOT_CONTEXT, 'test');
  assert.ok(carriers);
  const { traceparent, baggage, _sentry } = carriers;
  for (const message of [carriers, { traceparent, baggage }, { _sentry }]) {
    const read = spanOf(message);
    assert.equal(read?.traceId, TRACE);
    assert.equal(read?.spanId, SPAN);
    assert.equal(read?.traceFlags, TraceFlags.SAMPLED);
    const entry = propagation.getBaggage(contextOf(message))?.getEntry('sentry-trace_id');
    assert.equal(entry?.value, TRACE);
  }
});

test('W3C stands before Sentry', () => {
  const traceparent = `00-${TRACE}-${SPAN}-01`;
  const _sentry = { trace: `${OTHER}-${SPAN}-1` };
  assert.equal(spanOf({ traceparent, _sentry })?.traceId, TRACE);
  assert.equal(spanOf({ traceparent: 'nonsense', _sentry })?.traceId, OTHER);
});

test("Sentry's decision is kept, and a missing one means yes", () => {
  for (const [end, flags] of /** @type {[string, number][]} */ ([
    ['-0', TraceFlags.NONE],
    ['-1', TraceFlags.SAMPLED],
    ['', TraceFlags.SAMPLED],
  ])) {
    assert.equal(spanOf({ _sentry: { trace: `${TRACE}-${SPAN}${end}` } })?.traceFlags, flags);
  }
});

test('a message without context, or with nonsense in its place, begins a trace of its own', () => {
  for (const message of [
    {},
    { traceparent: 1, _sentry: null },
    { _sentry: { trace: {} } },
    { baggage: 5, tracestate: [] },
    { _sentry: { trace: `${'0'.repeat(32)}-${SPAN}-1` } },
    { _sentry: { trace: `${TRACE}-${SPAN}-2` } },
  ]) {
    assert.equal(spanOf(message), undefined, JSON.stringify(message));
  }
});
