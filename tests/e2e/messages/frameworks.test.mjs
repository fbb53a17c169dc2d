// ui.update with real frameworks: those that commit at once, in microtasks, in tasks, in slices; and what it cannot see.
import assert from 'node:assert/strict';
import { bundle } from './support/bundle.mjs';
import { inEveryBrowser } from './support/in-page.mjs';

/** How long after its handler a change is looked for. */
const LOOK_MS = 250;

const HOW = {
  'react, flushSync': 'sync',
  'react, by itself': 'later',
  'react, a transition in slices': 'later',
  'vue, the next tick': 'later',
  'lit, without a shadow root': 'later',
  // No observer outside sees in there.
  'lit, with a shadow root': 'none',
  'timers, a part at a time': 'later',
};

inEveryBrowser('updates by frameworks', {
  'each way to commit: how the change came, and an end at the frame that shows it': async ({
    start,
    run,
    page,
  }) => {
    await start();
    await page.evaluate(await bundle('pages/frameworks.jsx'));
    const { seen, tasks } = await run(async () => {
      const { t } = window;
      const handlers = await window.recipe.mount();
      const seen = {};
      for (const [name, handler] of Object.entries(handlers)) {
        const shown = { mutations: 0 };
        const observer = new MutationObserver((records) => {
          shown.mutations += records.length;
          if (shown.changed) return;
          shown.changed = performance.now();
          requestAnimationFrame(() => {
            shown.text = document.body.textContent;
            shown.frame = performance.now();
          });
        });
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
        const message = { traceparent: window.traceparent(1) };
        t.traceMessage(message, () => handler(`text of ${name}`), { name });
        const handled = performance.now();
        for (let frame = 0; !shown.changed && frame < 30; frame += 1)
          await new Promise(requestAnimationFrame);
        const [update] = await window.ended('ui.update');
        observer.disconnect();
        const [parent] = window.named(name);
        const end = Number(BigInt(update.endTimeUnixNano) / 1000n) / 1000 - performance.timeOrigin;
        seen[name] = {
          ...shown,
          how: update.attributes['ui.mutation'],
          painted: update.attributes['ui.painted'],
          counted: update.attributes['ui.mutations'],
          shared: update.attributes['ui.shared'],
          below: update.parentSpanId === parent.spanId,
          starts: update.startTimeUnixNano === parent.endTimeUnixNano,
          late: (shown.changed ?? handled) - handled,
          behind: end - (shown.frame ?? end),
        };
        t.clearBuffer();
      }
      return { seen, tasks: window.recipe.work.tasks };
    });
    assert.deepEqual(Object.keys(seen), Object.keys(HOW));
    for (const [name, one] of Object.entries(seen)) {
      const said = `${name}: ${JSON.stringify(one)}`;
      assert.ok(one.below && one.starts && !one.shared, said);
      // A machine that has no time for the page makes a change too late to be looked for.
      if (one.late < LOOK_MS) assert.equal(one.how, HOW[name], said);
      if (one.how === 'none') {
        assert.equal(one.painted, false, said);
        assert.equal(one.counted, 0, said);
        continue;
      }
      assert.equal(one.painted, true, said);
      assert.ok(one.counted > 0 && one.counted <= one.mutations, said);
      assert.ok(one.text.includes(`text of ${name}`), said);
      // Both clocks go in steps of up to a millisecond.
      assert.ok(one.behind >= -1.1, said);
    }
    assert.ok(tasks > 1, `slices worked at in ${tasks} tasks`);
    assert.equal(seen['lit, with a shadow root'].mutations, 0);
  },
});
