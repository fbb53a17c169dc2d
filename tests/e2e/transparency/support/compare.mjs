// Every case with the native API and the traced one, in every state: the same observations, but for the headers of propagation.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { BROWSERS, launch, openPage } from '../../harness/browsers.mjs';
import { startSite } from './site.mjs';

const CARRIERS = ['traceparent', 'tracestate', 'baggage', 'sentry-trace'];

/** What the conformance data recorded of the native API. */
export function recordedOf(file) {
  const url = new URL(`../../../conformance/${file}`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')).cases.filter(({ same_in_both: same }) => same);
}

/** Names and values as sent, sorted: Chromium's order is that of a hash table, which one header more changes. */
const pairsOf = ({ raw, body }) =>
  raw
    .flatMap((name, at) => (at % 2 ? [] : [`${name}: ${raw[at + 1]}`]))
    // Firefox's boundaries differ in length.
    .filter((pair) => !(/^content-length/i.test(pair) && body?.includes?.('BOUNDARY')))
    .sort();

const nameOf = (pair) => pair.split(':')[0].toLowerCase();

/** A request without the headers that tracing added to it, counting them. */
function withoutAdded(request, native, added) {
  const own = native ? pairsOf(native).map(nameOf) : [];
  const isAdded = (pair) => CARRIERS.includes(nameOf(pair)) && !own.includes(nameOf(pair));
  const raw = pairsOf(request);
  added.count += raw.filter(isAdded).length;
  return { ...request, raw: raw.filter((pair) => !isAdded(pair)) };
}

/** An observation as it is compared with the native one. */
const comparable = ({ seen, server }, native, added) => ({
  seen,
  server: server.map((each, at) => withoutAdded(each, native.server[at], added)),
});

/** A line that was printed, without what differs between any two runs: tokens, digests, numbers. */
const alike = (line) =>
  line
    .replace(/k\w{1,4}x[a-z\d]{6,}/g, 'TOKEN')
    .replace(/integrity '[^']+'/g, 'integrity')
    .replace(/\d+/g, '0');

/**
 * Runs the topics in every browser, in each state in turn all of them or the state's `only`. `differs`: by way and case, what is seen instead of what is seen
 * natively, where that is a documented difference. `recorded`: cases of the topic `shared` with what was recorded of the
 * native API. `least`: how many cases there are at least. `secure`: over HTTP/2.
 */
export function compareInEveryBrowser({
  api,
  topics,
  ways,
  states,
  recorded,
  least,
  differs = {},
  secure,
}) {
  describe('browsers', { concurrency: true }, () => {
    for (const browserName of BROWSERS)
      describe(browserName, { concurrency: 1 }, () => {
        let site;
        let browser;
        let opened;
        let native;
        let nativelyPrinted;
        const printedSince = (count) => opened.printed.slice(count).map(alike);
        const run = (some, which = topics) =>
          opened.page.evaluate(
            (...args) => window.runner.run(...args),
            api,
            which,
            some,
            site.other,
          );
        before(async () => {
          [site, browser] = await Promise.all([
            startSite({ secure }),
            launch(browserName, { acceptInsecureCerts: secure }),
          ]);
          opened = await openPage(browser);
          await opened.page.goto(`${site.origin}/page`, { waitUntil: 'load' });
          await opened.page.evaluate(async () => {
            window.runner = await import('/page/run.js');
          });
          native = await run(['native']);
          nativelyPrinted = new Set(printedSince(0));
        });
        after(async () => {
          await browser?.close();
          await site?.stop();
        });

        if (recorded)
          test('the native API is what was recorded', () => {
            const version = browserName === 'chromium' ? 'chromium156' : 'firefox153';
            for (const { name, observed } of recorded)
              assert.deepEqual(
                native.shared[name].native.seen,
                [['result', observed[version]]],
                name,
              );
          });

        test('no case breaks, and each sees something', () => {
          const count = Object.values(native).flatMap(Object.keys).length;
          assert.ok(count >= least, `${count} cases`);
          for (const [topic, cases] of Object.entries(native))
            for (const [name, { native: observed }] of Object.entries(cases)) {
              const { seen } = observed;
              assert.ok(seen.length > 0, `${topic}: ${name}`);
              assert.ok(!JSON.stringify(seen).includes('the case threw'), JSON.stringify(seen));
            }
        });

        for (const [state, { options, addsHeaders, only = topics }] of Object.entries(states))
          test(state, async (t) => {
            const entered = await opened.page.evaluate(
              (...args) => window.runner.enter(...args),
              state,
              options,
            );
            assert.deepEqual(entered, { ok: true });
            const before = opened.printed.length;
            const observed = await run(ways, only);
            await t.test('console', () => {
              const quiet = printedSince(before).filter((line) => !nativelyPrinted.has(line));
              assert.deepEqual(quiet, []);
            });
            const added = { count: 0 };
            for (const topic of only)
              await t.test(topic, () => {
                const wrong = [];
                for (const [name, byWay] of Object.entries(observed[topic])) {
                  const own = native[topic][name].native;
                  const expected = comparable(own, own, added);
                  for (const way of ways) {
                    const actual = comparable(byWay[way], own, added);
                    const instead = differs[way]?.[name] ?? ((seen) => seen);
                    try {
                      assert.deepEqual(actual, {
                        ...expected,
                        seen: instead(expected.seen, state),
                      });
                    } catch ({ message }) {
                      wrong.push(`${name} (${way})\n${message}`);
                    }
                  }
                }
                assert.equal(wrong.length, 0, `\n${wrong.join('\n\n')}`);
              });
            assert.equal(added.count > 0, !!addsHeaders, `${added.count} headers of propagation`);
          });
      });
  });
}
