// What the page makes of faults: a step whose end was lost is named; without context everything works, in traces apart.
import assert from 'node:assert/strict';
import { request, text } from '../../../examples/build-pipeline/test/tree.mjs';
import { outline } from '../harness/collector-client.mjs';
import { inEveryBrowser } from '../harness/scenarios.mjs';
import { finishedBuild, startBuild } from './support/build-page.mjs';

const env = { STEP_MS: '100' };

inEveryBrowser(
  {
    'an event that is lost leaves a step that says so, and a gap in the trace': async (context) => {
      const { world, page, errors } = context;
      const traceId = await startBuild(context);
      const { states, notes, summary } = await finishedBuild(page, traceId);
      assert.deepEqual(states, ['done', 'lost', 'done']);
      assert.deepEqual(notes, ['reported no end']);
      assert.match(summary, /^Over in \d+\.\d s, but 1 of 3 steps reported no end$/);
      const forwards = (rows) => rows.filter(({ name }) => name === 'broker.forwardEvent.todo');
      const ends = (rows) => rows.some(({ name }) => name.includes('.finalizeSession.'));
      const spans = await world.traces.waitForSpans(
        traceId,
        (rows) => ends(rows) && forwards(rows).length === 3,
      );
      const withNothingBelow = forwards(spans).map(
        ({ spanId }) => !spans.some(({ parentSpanId }) => parentSpanId === spanId),
      );
      assert.deepEqual(withNothingBelow, [false, true, false]);
      assert.deepEqual(errors, []);
    },
  },
  { pipeline: { fault: 'drop-event', env } },
);

inEveryBrowser(
  {
    'without context in messages the page shows the build, in traces apart': async (context) => {
      const { world, page, errors } = context;
      const traceId = await startBuild(context);
      assert.deepEqual((await finishedBuild(page, traceId)).states, ['done', 'done', 'done']);
      const click = [
        'click start-build [internal demo-page]',
        ['POST [client demo-page]', request([])],
      ];
      const [build] = await world.traces.waitForSummaries({ q: 'runner.build' });
      assert.notEqual(build.traceId, traceId);
      const expected = text(click);
      const spans = await world.traces.waitForSpans(
        traceId,
        (rows) => rows.length >= expected.split('\n').length,
      );
      assert.equal(outline(spans), expected);
      assert.deepEqual(errors, []);
    },
  },
  { pipeline: { fault: 'no-context', env } },
);
