// The examples of docs/async-context.md, run as they stand there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';

const text = readFileSync(join(root, 'docs', 'async-context.md'), 'utf8');
const [asyncFunction, callbacks, decorators, flow, pages, ...others] = Array.from(
  text.matchAll(/```(?:js|ts)\n(.*?)```/gs),
  ([, code]) => code,
);

/** Runs an example in the page with what it takes for granted, then `after`; the spans that ended. */
const perform = (run, code, after = '') =>
  run(
    async (code, after) => {
      const { t } = window;
      const noted =
        (name) =>
        (...args) =>
          t.startSpan(name, { attributes: { given: args.length } }).end();
      const button = document.createElement('button');
      const channel = new MessageChannel();
      const scope = {
        ...t,
        button,
        channel,
        promise: Promise.resolve('found'),
        draw: noted('draw'),
        show: noted('show'),
        onClick: noted('click'),
        onAnswer: noted('answer'),
        validate: async (_, check) => check.child('validate').end(),
      };
      const parameters = Object.keys(scope);
      const work = new Function(...parameters, `${code};return (async () => {${after}})()`);
      await work(...Object.values(scope));
      while (t.stats().open > (window.left ?? 0)) await new Promise((done) => setTimeout(done, 10));
      await t.flush();
      return t.bufferedSpans();
    },
    code,
    after,
  );

/** The names of the spans below one, in alphabetical order. */
const below = (spans, name) => {
  const { spanId } = spans.find((span) => span.name === name);
  return spans
    .filter(({ parentSpanId }) => parentSpanId === spanId)
    .map((span) => span.name)
    .sort();
};

export const documented = {
  'docs/async-context.md: async functions': async ({ start, run }) => {
    assert.deepEqual(others, [], 'every example is run');
    await start();
    const spans = await perform(run, asyncFunction);
    assert.deepEqual(below(spans, 'load order'), ['GET', 'GET', 'check', 'draw']);
    assert.deepEqual(below(spans, 'check'), ['validate']);
  },

  'docs/async-context.md: timers, callbacks, events': async ({ start, run }) => {
    await start();
    const spans = await perform(
      run,
      callbacks,
      `button.click();
       channel.port2.postMessage(0);
       while (!bufferedSpans().some(({ name }) => name === 'answer')) await new Promise((done) => setTimeout(done, 10));
       while (stats().started < 6) await new Promise((done) => setTimeout(done, 10));`,
    );
    assert.deepEqual(below(spans, 'search'), ['GET', 'answer', 'click', 'count', 'show']);
  },

  'docs/async-context.md: decorators': async ({ start, run }) => {
    const { transform } = await import('esbuild');
    const { code } = await transform(decorators, { loader: 'ts', target: 'es2022' });
    await start();
    const spans = await perform(run, code, 'await new Cart().save(); total([1, 2]);');
    assert.deepEqual(below(spans, 'cart.save'), ['PUT']);
    assert.ok(spans.some(({ name }) => name === 'total'));
  },

  'docs/async-context.md: flows, and over pages': async ({ open, start, run }) => {
    await open({ entry: null });
    await run(() => sessionStorage.clear());
    await start();
    const spans = await perform(run, flow);
    assert.deepEqual(below(spans, 'checkout'), ['GET', 'GET']);
    for (const { attributes } of spans) assert.equal(attributes['cart.items'], 3);
    const [, first, second] = pages.split(/^\/\/ \/\w+$/m);
    await start();
    await run(() => {
      window.left = 1;
    });
    await perform(run, first);
    await start();
    const paid = (await perform(run, second)).find(({ name }) => name === 'paid');
    assert.equal(paid.attributes['cart.items'], 3);
    assert.deepEqual(await run(() => ({ ...sessionStorage })), {}, 'it is over');
  },
};
