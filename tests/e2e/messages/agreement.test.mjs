// A message tells the same in every form, and its span continues what extraction finds: over thousands of generated messages.
import assert from 'node:assert/strict';
import { defineGenerated } from './support/generated.mjs';
import { inEveryBrowser } from './support/in-page.mjs';

const MESSAGES = 4000;

inEveryBrowser('forms of generated messages', {
  'text tells what JSON.parse of it tells, and what its bytes tell': async ({ start, run }) => {
    await start();
    await run(defineGenerated);
    const { contexts, batches, open, differences } = await run((count) => {
      const { t } = window;
      const make = window.generated(1);
      const encoder = new TextEncoder();
      const seen = { contexts: 0, batches: 0, open: 0, differences: [] };
      const found = (message) => {
        const before = t.stats().ignored;
        const all = t.extractMessageContexts(message);
        const latest = t.extractMessageContext(message);
        // What is malformed is counted each time.
        return [
          JSON.stringify(all),
          JSON.stringify(latest ?? undefined),
          t.stats().ignored - before,
        ];
      };
      for (let index = 0; index < count; index++) {
        const text = make.text();
        const [object, bytes] = [JSON.parse(text), encoder.encode(text)];
        const [all, latest, ignored] = found(text);
        const contexts = JSON.parse(all);
        const forms = [
          found(object),
          found(bytes),
          found(new MessageEvent('message', { data: text })),
        ];
        const same = forms.every((form) => form.join() === [all, latest, ignored].join());
        const last = JSON.stringify(contexts.at(-1)) === latest;
        if (!same || !last) seen.differences.push([text, [all, latest, ignored], ...forms]);
        seen.contexts += contexts.length > 0;
        seen.batches += contexts.length > 1;
        seen.open += contexts.some(({ sampled }) => sampled === undefined);
      }
      return { ...seen, differences: seen.differences.slice(0, 3) };
    }, MESSAGES);
    assert.deepEqual(differences, []);
    // It is about messages that carry something.
    const enough = contexts > MESSAGES / 10 && batches > MESSAGES / 200 && open > MESSAGES / 200;
    assert.ok(enough, `${contexts} contexts, ${batches} batches, ${open} open`);
  },

  'what JSON.parse or a decoder refuses tells nothing': async ({ start, run }) => {
    await start();
    await run(defineGenerated);
    const { refused, wrong } = await run((count) => {
      const { t } = window;
      const make = window.generated(2);
      const [encoder, decoder] = [
        new TextEncoder(),
        new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }),
      ];
      const told = (message) => JSON.stringify(t.extractMessageContexts(message));
      const parsed = (text) => {
        try {
          return told(Object(JSON.parse(text())));
        } catch {
          return undefined;
        }
      };
      let refused = 0;
      const wrong = [];
      for (let index = 0; index < count; index++) {
        const text = make.damaged(make.text());
        const bytes = encoder.encode(text);
        bytes[make.below(bytes.length)] ^= make.below(4) ? 0 : 1 << make.below(8);
        const forms = [
          [told(text), parsed(() => text)],
          [told(bytes), parsed(() => decoder.decode(bytes))],
        ];
        for (const [found, expected] of forms) {
          refused += expected === undefined;
          if (found !== (expected ?? '[]')) wrong.push([text, found, expected]);
        }
      }
      return { refused, wrong: wrong.slice(0, 3) };
    }, MESSAGES);
    assert.deepEqual(wrong, []);
    assert.ok(refused > MESSAGES / 2, `${refused} broken ones`);
  },

  'the span of a message is a child of the last, has links to the others, and passes on the same':
    async ({ start, run }) => {
      await start();
      await run(defineGenerated);
      const { parents, links, wrong } = await run((count) => {
        const { t } = window;
        const make = window.generated(3);
        const seen = { parents: 0, links: 0, wrong: [] };
        const idsOf = ({ traceId, spanId }) => traceId + spanId;
        for (let round = 0; round < count; round += 400) {
          const expected = new Map();
          for (let index = round; index < round + 400; index++) {
            const text = make.text();
            const contexts = t.extractMessageContexts(text);
            const last = contexts.at(-1);
            const carriers = [text, JSON.parse(text)].map((message, form) => {
              const options = { name: `m${index}${'to'[form]}`, update: false };
              const carried = (span) => {
                const { tracestate, baggage } = span.inject({});
                return [
                  span.sampled,
                  last && span.traceId === last.traceId,
                  tracestate,
                  last && baggage,
                ].join();
              };
              // A string by itself would be read as text of its own.
              return t.traceMessage(
                Object(message) === message || !form ? message : {},
                carried,
                options,
              );
            });
            if (carriers[0] !== carriers[1]) seen.wrong.push([text, carriers]);
            if (last?.sampled !== false)
              for (const form of 'to') expected.set(`m${index}${form}`, [text, contexts]);
          }
          for (const { name, traceId, parentSpanId, links } of t.bufferedSpans()) {
            const [text, contexts] = expected.get(name);
            expected.delete(name);
            const last = contexts.at(-1);
            const others = [...new Set(contexts.map(idsOf))].filter(
              (ids) => ids !== (last && idsOf(last)),
            );
            seen.parents += !!last;
            seen.links += others.length > 0;
            const right = [
              parentSpanId === last?.spanId && (!last || traceId === last.traceId),
              links.map(idsOf).join() === others.slice(0, 32).join(),
            ];
            if (right.includes(false))
              seen.wrong.push([text, contexts, { traceId, parentSpanId, links }]);
          }
          // Sentry's open decisions are ours: all are recorded.
          if (expected.size > 0) seen.wrong.push(['no span', ...expected.values()]);
          t.clearBuffer();
        }
        return { ...seen, wrong: seen.wrong.slice(0, 3) };
      }, MESSAGES);
      assert.deepEqual(wrong, []);
      assert.ok(
        parents > MESSAGES / 10 && links > MESSAGES / 200,
        `${parents} parents, ${links} links`,
      );
    },
});
