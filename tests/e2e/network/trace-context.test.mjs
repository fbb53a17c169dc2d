// The cases of the W3C's Trace Context harness through a page: headers come in, and go out again with its requests.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { continueTrace, valuesOf } from './support/continue-trace.mjs';
import { inEveryBrowser } from './support/scenarios.mjs';

const FILE = new URL('../../conformance/w3c_trace_context.json', import.meta.url);
const { cases: CASES, traceparent: TRACEPARENTS } = JSON.parse(readFileSync(FILE, 'utf8'));
/** Tests of the harness; most of them are several cases. */
const TESTS = 41;

const FORMAT = /^00-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-(0[0-3])$/;

/** What the header lines of one request say. */
function read(lines, name) {
  const [parent, ...more] = valuesOf(lines, 'traceparent');
  assert.deepEqual(more, [], `${name}: one traceparent`);
  assert.match(parent ?? '', FORMAT, name);
  const [, traceId, spanId, flags] = FORMAT.exec(parent);
  const states = valuesOf(lines, 'tracestate');
  assert.ok(states.length < 2 && !states.includes(''), `${name}: at most one tracestate`);
  return { traceId, spanId, flags: Number(flags), members: states[0]?.split(',') ?? [] };
}

function assertState(name, { members }, expect) {
  const keys = members.map((member) => member.slice(0, member.indexOf('=')));
  for (const [key, value] of Object.entries(expect.tracestate_contains ?? {}))
    assert.ok(members.includes(`${key}=${value}`), `${name}: ${key} in ${members}`);
  for (const key of expect.tracestate_absent ?? [])
    assert.ok(!keys.includes(key), `${name}: no ${key} in ${members}`);
  if (expect.tracestate_order) assert.deepEqual(members, expect.tracestate_order, name);
  if (expect.tracestate_any_of)
    assert.ok(
      expect.tracestate_any_of.some((member) => members.includes(member)),
      name,
    );
  if (expect.tracestate_count !== undefined)
    assert.equal(members.length, expect.tracestate_count, `${name}: ${members}`);
}

function assertCase({ name, input_headers: input, outgoing_calls: calls, expect }, sent) {
  assert.equal(sent.length, calls, name);
  const incoming = JSON.stringify(input);
  const all = sent.map((lines) => read(lines, name));
  assert.equal(new Set(all.map(({ spanId }) => spanId)).size, calls, `${name}: a span each`);
  for (const context of all) {
    assert.ok(!incoming.includes(context.spanId), `${name}: a span of its own`);
    if (expect.trace === 'continue') assert.equal(context.traceId, expect.trace_id, name);
    if (expect.trace === 'new')
      assert.ok(!expect.must_not_reuse_trace_id.includes(context.traceId), name);
    if (expect.outgoing_flags_mask) {
      const mask = Number(expect.outgoing_flags_mask);
      assert.equal(context.flags & mask, mask, `${name}: flags`);
    }
    assertState(name, context, expect);
  }
}

/** Each list of header lines through the page, with as many calls. */
const throughPage = async (context, inputs) => {
  const sent = [];
  for (const { lines, calls } of inputs)
    sent.push(await context.run(continueTrace, lines, calls ?? 1));
  return sent;
};

inEveryBrowser({
  'every request of the harness gets its answer': async (context) => {
    assert.equal(new Set(CASES.map(({ name }) => name.split('#')[0])).size, TESTS);
    await context.start();
    const inputs = CASES.map(({ input_headers: lines, outgoing_calls: calls }) => ({
      lines,
      calls,
    }));
    const sent = await throughPage(context, inputs);
    for (const [at, one] of CASES.entries()) assertCase(one, sent[at]);
  },

  'versions and flags: bits are read one by one, and version 00 is written': async (context) => {
    await context.start();
    // What is no text of a header's value cannot come in by one.
    const legal = TRACEPARENTS.filter(({ input }) => /^[\t\x20-\xff]*$/.test(input));
    assert.ok(legal.length > 10);
    const inputs = legal.map(({ input }) => ({ lines: [['traceparent', input]] }));
    const sent = await throughPage(context, inputs);
    for (const [at, { input, outgoing_flags: flags }] of legal.entries()) {
      const { traceId, flags: sentFlags } = read(sent[at][0], input);
      assert.equal(flags !== undefined && flags !== null, input.includes(traceId), input);
      if (flags) assert.equal(sentFlags, Number.parseInt(flags, 16), input);
    }
  },

  'the random flag: on our own ids by option, on those of others as they came': async (context) => {
    const flagsOf = async (lines) => read((await context.run(continueTrace, lines, 1))[0]).flags;
    const from = (flags) => [['traceparent', `00-${'1'.repeat(32)}-${'2'.repeat(16)}-${flags}`]];
    for (const [randomFlag, own] of [
      [false, 1],
      [true, 3],
    ]) {
      await context.start({ randomFlag });
      assert.equal(await flagsOf([]), own);
      for (const [flags, kept] of [
        ['00', 0],
        ['01', 1],
        ['02', 2],
        ['03', 3],
        ['ff', 3],
      ])
        assert.equal(await flagsOf(from(flags)), kept, flags);
    }
  },

  'our own member of tracestate goes left, and pushes the last of 32 out': async (context) => {
    await context.start({ tracestate: { key: 'us', value: 'here' } });
    const members = Array.from({ length: 32 }, (_, at) => `m${at}=${at}`);
    const parent = ['traceparent', `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`];
    const stateFor = async (...states) => {
      const lines = [parent, ...states.map((state) => ['tracestate', state])];
      return read((await context.run(continueTrace, lines, 1))[0]).members;
    };
    assert.deepEqual(await stateFor(), ['us=here']);
    assert.deepEqual(await stateFor('a=1,us=old', 'b=2'), ['us=here', 'a=1', 'b=2']);
    assert.deepEqual(await stateFor(members.join(',')), ['us=here', ...members.slice(0, 31)]);
  },
});
