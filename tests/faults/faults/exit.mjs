// The page goes: its tab is closed, it navigates, it is loaded again, it is kept for a way back.

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
    await globalThis.tracelink.flush();
    const told = { persisted, ended, stats: globalThis.tracelink.stats() };
    await fetch('/told', { method: 'POST', body: JSON.stringify(told) });
  });
};

export const exit = {
  'tab closed': {
    async run(scene) {
      const tab = await scene.open();
      await tab.end(SPANS);
      await tab.close();
      await nextPageIfFirefox(scene);
    },
  },

  'tab closed after a second': {
    async run(scene) {
      const tab = await scene.open();
      await tab.end(SPANS);
      await tab.wait(1000);
      await tab.close();
      await nextPageIfFirefox(scene);
    },
  },

  'tab closed with more than it may send': {
    async run(scene) {
      const tab = await scene.open();
      await tab.end(1000);
      await tab.close();
      await scene.open();
    },
  },

  'tab closed while a request is under way': {
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
    async run(scene) {
      const tabs = [];
      for (let count = 0; count < 10; count++) tabs.push(await scene.open());
      for (const tab of tabs) await tab.end(SPANS);
      await Promise.all(tabs.map((tab) => tab.close()));
      await nextPageIfFirefox(scene);
    },
  },

  navigation: {
    async run(scene) {
      const tab = await scene.open();
      const next = new Promise((resolve) => tab.page.once('load', resolve));
      await tab.endAndGo(SPANS, `${scene.url()}&next`);
      await next;
    },
  },

  'navigation to another site': {
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
    async run(scene) {
      const tab = await scene.open();
      const next = new Promise((resolve) => tab.page.once('load', resolve));
      await tab.endAndGo(SPANS);
      await next;
    },
  },

  'back/forward cache': {
    async run(scene) {
      const tab = await scene.open();
      await tab.run(goOnWhenBack);
      const next = new Promise((resolve) => tab.page.once('load', resolve));
      await tab.endAndGo(SPANS, `${scene.proxy.site.origin}/blank`);
      await next;
      await tab.run(() => void setTimeout(() => history.back()));
      scene.forget(tab);
      await scene.proxy.until(() => scene.proxy.told.length > 0, 10_000);
      const [told] = scene.proxy.told;
      scene.must(told, 'the page did not come back');
      scene.must(told?.persisted, 'the page was not kept');
      scene.ended.push(...(told?.ended ?? []));
      scene.mustAddUp(told?.stats);
      await tab.page.close();
    },
  },
};
