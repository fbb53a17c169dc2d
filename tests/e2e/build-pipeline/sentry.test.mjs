// A build of the pipeline whose spans are Sentry's and come as envelopes: one tree with those of the page.
import assert from 'node:assert/strict';
import { bySentry, request, text } from '../../../examples/build-pipeline/test/tree.mjs';
import { inEveryBrowser } from '../harness/scenarios.mjs';
import {
  assertOnScreen,
  finishedBuild,
  isOnScreen,
  startBuild,
  withoutScreen,
} from './support/build-page.mjs';

const CLICK = bySentry(
  text(['click start-build [internal demo-page]', ['POST [client demo-page]', request()]]),
);

inEveryBrowser(
  {
    "a build is one tree, from the click through Sentry's spans to every change on screen": async (
      context,
    ) => {
      const { world, page, errors } = context;
      const traceId = await startBuild(context);
      assert.deepEqual((await finishedBuild(page, traceId)).states, ['done', 'done', 'done']);
      const spans = await world.traces.waitForSpans(
        traceId,
        (rows) => isOnScreen(rows) && withoutScreen(rows) === CLICK,
      );
      assertOnScreen(spans, new URL(world.buildApiUrl).host);
      const senders = spans.map(({ attributes }) => attributes['sentry.sdk.name']);
      const ours = spans.filter(({ serviceName }) => serviceName === 'demo-page').length;
      assert.equal(senders.filter((name) => name === undefined).length, ours);
      assert.deepEqual(errors, []);
    },
  },
  { pipeline: { sdk: 'sentry', env: { STEP_MS: '100' } } },
);
