// The examples of docs/propagation.md, run in a page as they stand there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { inEveryBrowser } from './support/scenarios.mjs';

const FILE = new URL('../../../docs/propagation.md', import.meta.url);
const EXAMPLES = Object.fromEntries(
  Array.from(
    readFileSync(FILE, 'utf8').matchAll(/^<!-- (\w+) -->\n```js\n([\s\S]*?)^```$/gm),
    ([, name, code]) => [name, code],
  ),
);

/** Runs an example with what the package exports, and `message`. */
const runExample = ({ run }, name, message) =>
  run(
    async (code, message) => {
      const { init, startSpan, extractMessageContext } = window.t;
      const { constructor: AsyncFunction } = async () => {};
      const names = ['init', 'startSpan', 'extractMessageContext', 'message'];
      // Spans stay in the page, also where nobody collects them.
      const start = (options) => init({ endpoint: null, ...options });
      await new AsyncFunction(...names, code)(start, startSpan, extractMessageContext, message);
    },
    EXAMPLES[name],
    message,
  );

/** Those of the URLs that would get headers. */
const targets = ({ run }, urls) =>
  run(async (urls) => {
    const found = [];
    window.fetch = async (request) => {
      if (request.headers.has('traceparent')) found.push(request.url);
      return new Response();
    };
    for (const url of urls) await window.t.tracedFetch(url);
    window.fetch = window.native;
    return found;
  }, urls);

inEveryBrowser({
  'docs/propagation.md: its examples do what it says': async (context) => {
    const { origin } = context.site;
    assert.deepEqual(Object.keys(EXAMPLES), ['targets', 'redirects', 'parent', 'sampler']);

    await context.open();
    await runExample(context, 'targets');
    const wanted = [
      `${origin}/orders`,
      'https://api.example/v1/orders?x=1',
      'https://pay.internal.example/?x',
    ];
    const others = [
      `${origin}/download/1`,
      'https://api.example/v2/',
      'https://api.example.attacker.example/v1/',
      'https://x.example/?https://api.example/v1/',
    ];
    assert.deepEqual(await targets(context, [...wanted, ...others]), wanted);

    await context.open();
    await runExample(context, 'redirects');
    assert.deepEqual(
      await targets(context, [`${origin}/a`, `${origin}/download/1`, 'https://a.example/']),
      [`${origin}/a`],
    );

    await context.start();
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await runExample(context, 'parent', { traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    const [{ h }] = await context.run(() => window.log('/api/prices'));
    assert.equal(h.traceparent.slice(3, 35), traceId);

    await context.open();
    await runExample(context, 'sampler');
    assert.equal(await context.run(() => window.t.startSpan('checkout').sampled), true);
    const share = await context.run(() => {
      let sampled = 0;
      for (let count = 0; count < 1000; count++) if (window.t.startSpan('other').sampled) sampled++;
      return sampled / 1000;
    });
    assert.ok(share > 0.03 && share < 0.2, `${share}`);
  },
});
