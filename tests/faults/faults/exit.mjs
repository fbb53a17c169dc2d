// The page goes: its tab is closed, it navigates, it is loaded again, it is kept for a way back. One
// that is gone hears no answer: what it sent as it went may be sent again by the next page.

import { BROWSERS } from '../../e2e/harness/browsers.mjs';

const SPANS = 100;

/** Of what is sent while a tab closes, Firefox loses one request in four: the next page sends what is left. */
async function nextPageIfFirefox(scene) {
  if (scene.browserName === 'firefox') await scene.open();
}

/** Fields of a page that goes on by itself, out of its driver's sight, and tells the proxy what it did. */
const goOnWhenBack = () => {
  const open = globalThis.tracelink.startSpan('open', { parent: null });
  const { traceId, spanId } = open;
  addEventListener('pageshow', async ({ persisted }) => {
    open.end();
    const ended = [[traceId, spanId, 'open'], ...globalThis.endSpans(10, { name: 'back' })];
    const tell = (told) => fetch('/told', { method: 'POST', body: JSON.stringify(told) });
    await tell({ persisted, ended });
    await globalThis.tracelink.flush();
    await tell({ stats: globalThis.tracelink.stats() });
  });
};

export const exit = {
  'tab closed': {
    mayRepeat: BROWSERS,
    async run(scene) {
      const tab = await scene.open();
      await tab.end(SPANS);
      await tab.close();
      await nextPageIfFirefox(scene);
    },
  },

  'tab closed after a second': {
    mayRepeat: BROWSERS,
    async run(scene) {
      const tab = await scene.open();
      await tab.end(SPANS);
      await tab.wait(1000);
      await tab.close();
      await nextPageIfFirefox(scene);
    },
  },

  'tab closed with more than it may send': {
    mayRepeat: BROWSERS,
    async run(scene) {
      const tab = await scene.open();
      await tab.end(1000);
      await tab.close();
      await scene.open();
    },
  },

  'tab closed while a request is under way': {
    mayRepeat: BROWSERS,
    async run(scene) {
      scene.proxy.next = [(exchange) => new Promise(() => exchange.body())];
      const tab = await scene.open();
      await tab.end(SPANS);
      await scene.proxy.until((requests) => requests[0]?.spans.length > 0, 10_000);
      await tab.close();
      await nextPageIfFirefox(scene);
    },
  },

  '10 tabs closed at once': {
    mayRepeat: BROWSERS,
    async run(scene) {
      const tabs = [];
      for (let count = 0; count < 10; count++) tabs.push(await scene.open());
      for (const tab of tabs) await tab.end(SPANS);
      // Measured: of ten tabs that are closed at once, Firefox lets three or so go without any event.
      if (scene.browserName === 'firefox') await tabs.at(-1).wait(1000);
      await Promise.all(tabs.map((tab) => tab.close()));
      await nextPageIfFirefox(scene);
    },
  },

  navigation: {
    mayRepeat: BROWSERS,
    async run(scene) {
      const tab = await scene.open();
      const next = new Promise((resolve) => tab.page.once('load', resolve));
      await tab.endAndGo(SPANS, `${scene.url()}&next`);
      await next;
    },
  },

  'navigation to another site': {
    mayRepeat: BROWSERS,
    async run(scene) {
      const tab = await scene.open();
      const next = new Promise((resolve) => tab.page.once('load', resolve));
      await tab.endAndGo(SPANS, `${scene.proxy.other.origin}/blank`);
      await next;
      scene.forget(tab);
      await nextPageIfFirefox(scene);
    },
  },

  reload: {
    mayRepeat: BROWSERS,
    async run(scene) {
      const tab = await scene.open();
      const next = new Promise((resolve) => tab.page.once('load', resolve));
      await tab.endAndGo(SPANS);
      await next;
    },
  },

  'back/forward cache': {
    // Firefox never gives a page the answers that came while it was put away.
    mayRepeat: ['firefox'],
    async run(scene) {
      const tab = await scene.open();
      // A page that still asks for something is not kept.
      await tab.flush();
      await tab.run(goOnWhenBack);
      const next = new Promise((resolve) => tab.page.once('load', resolve));
      await tab.endAndGo(SPANS, `${scene.proxy.site.origin}/blank`);
      await next;
      // Firefox loads a page again that it is asked for in the moment in which it puts it away.
      await tab.run(() => void setTimeout(() => history.back(), 1000));
      scene.forget(tab);
      const { proxy } = scene;
      await proxy.until(() => proxy.told.length > 0, 10_000);
      scene.must(proxy.told[0]?.persisted, 'the page did not come back as it was');
      scene.ended.push(...(proxy.told[0]?.ended ?? []));
      // An answer is waited for up to half a minute.
      await proxy.until(() => proxy.told.length > 1, 40_000);
      scene.must(proxy.told.length > 1, 'flush() of the page that came back is never over');
      scene.mustAddUp(proxy.told[1]?.stats);
      await tab.page.close();
    },
  },
};
