// Explicit asynchronous context: random asynchronous programs record the tree that they were meant to, in every state.
import assert from 'node:assert/strict';
import { runPrograms } from './support/async-programs.mjs';

/** Another beginning for other programs: `ASYNC_CONTEXT_SEED=1000 node --test …`. */
const FIRST_SEED = Number(process.env.ASYNC_CONTEXT_SEED ?? 1);
const seeds = (count) => Array.from({ length: count }, (_, index) => FIRST_SEED + index);

const RETAIN_ALL = { endpoint: null, buffer: { retain: 1e6 } };

/** What a request's span is called by the programs is in its URL. */
const nameOf = ({ name, attributes }) =>
  new URL(attributes['url.full'] ?? 'x:', 'http://page').searchParams.get('span') ?? name;

/** Holds each recorded span against the one that was meant; a message names the seed, which is the name's beginning. */
function assertSame({ wrong, page, meant, recorded }) {
  assert.deepEqual(wrong, []);
  const byName = new Map();
  for (const span of recorded) {
    const name = nameOf(span);
    if (!/^\d+\.\d+$/.test(name)) continue;
    assert.ok(!byName.has(name), `${name} was recorded twice`);
    byName.set(name, span);
  }
  assert.equal(byName.size, meant.length, 'each span once, and no other');
  for (const { name, parent, linked, flow, failed } of meant) {
    const span = byName.get(name);
    assert.ok(span, `${name} was not recorded`);
    const above = parent && byName.get(parent);
    assert.equal(span.parentSpanId, above?.spanId, `the parent of ${name} is ${parent}`);
    if (above) assert.equal(span.traceId, above.traceId, `${name} is in the trace of ${parent}`);
    const links = span.links.map(({ spanId, attributes }) => [spanId, attributes]);
    const expected = [];
    if (!parent) expected.push([page, { 'tracelink.link': 'page' }]);
    if (linked) expected.push([byName.get(linked).spanId, {}]);
    assert.deepEqual(links, expected, `the links of ${name}`);
    assert.equal(span.attributes['flow.name'], flow, `the flow of ${name}`);
    const id = flow && byName.get(flow).attributes['flow.id'];
    assert.equal(span.attributes['flow.id'], id, `the flow of ${name}`);
    assert.equal(span.status.code, failed ? 'error' : 'unset', `the status of ${name}`);
  }
  const roots = meant.filter(({ parent }) => !parent).map(({ name }) => byName.get(name).traceId);
  assert.equal(new Set(roots).size, roots.length, 'each root has a trace of its own');
}

export const asyncContext = {
  'random asynchronous programs record the tree that was meant': async ({ start, run, stats }) => {
    await start(RETAIN_ALL);
    const result = await run(runPrograms, { seeds: seeds(300), carriers: true });
    assert.ok(result.meant.length > 1500, `${result.meant.length} spans`);
    assertSame(result);
    assert.equal((await stats()).open, 0);
  },

  'those too that run while tracing starts': async ({ open, run, stats }) => {
    await open();
    await run((options) => {
      // Nothing of it waits for this: the programs begin in the same task.
      window.begin = () => {
        window.begun = window.t.init({ serviceName: 'page', ...options });
      };
    }, RETAIN_ALL);
    // Few enough for the operations that are kept until then.
    const result = await run(runPrograms, { seeds: seeds(20) });
    assert.ok(result.meant.length > 50, `${result.meant.length} spans`);
    assertSame(result);
    assert.deepEqual((await stats()).dropped, {});
  },

  'while tracing is off, programs run as ever': async ({ open, run, stats }) => {
    await open();
    const { wrong, meant, recorded } = await run(runPrograms, { seeds: seeds(100), off: true });
    assert.deepEqual(wrong, []);
    assert.ok(meant.length > 300, `${meant.length} spans`);
    assert.deepEqual(recorded, []);
    assert.equal((await stats()).started, 0);
  },

  'debug: a request outside of a pending withSpan is told once, by redacted names': async ({
    start,
    run,
    said,
  }) => {
    const inside = () =>
      run(async () => {
        const { t } = window;
        await t.withSpan('inside', async (span) => {
          await t.tracedFetch('/page');
          await span.fetch('/page');
          await span.run(() => t.tracedFetch('/page'));
          span.child('other', { kind: 'client' }).end();
          t.startSpan('not a request').end();
          t.startSpan('by wish', { kind: 'client', parent: null }).end();
        });
      });
    const around = (name) =>
      run((name) => {
        const { t } = window;
        return t.withSpan(name, async () => {
          await null;
          t.startSpan('request', { kind: 'client' }).end();
          await t.tracedFetch('/page');
        });
      }, name);
    await start({ endpoint: null, debug: true });
    // With nothing pending there is nothing to say.
    await run(() => window.t.tracedFetch('/page'));
    await run(() => window.t.withSpan('over', () => window.t.tracedFetch('/page')));
    await run(() => window.t.traceApiCall('alone', () => {}));
    assert.deepEqual(said(), []);
    await around('load https://h.example/?token=SECRET');
    await around('again');
    assert.deepEqual(said(), [
      "warn: tracelink: 'request' started outside 'load https://h.example/?token=REDACTED'; use span.fetch",
    ]);
    // Another page start may hear of it again.
    await run(async () => {
      await window.t.shutdown();
      await window.t.init({ serviceName: 'page', endpoint: null, debug: true });
    });
    await inside();
    await run(() => window.t.traced('traced', async () => null)());
    assert.deepEqual(said(), []);
    await around('outer');
    assert.equal(said().length, 1);
    await start({ endpoint: null });
    await around('without debug');
    assert.deepEqual(said(), []);
  },
};
