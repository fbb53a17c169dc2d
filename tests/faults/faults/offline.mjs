// The page cannot reach its collector, and its spans wait for another page, for days if need be.

const SPANS = 100;
const A_SECOND = 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Spans end offline, and their page is gone a second later; then the collector is there again. */
async function leaveOffline(scene, options) {
  const tab = await scene.open(options);
  await scene.unreachable();
  await tab.end(SPANS);
  await tab.wait(A_SECOND);
  await tab.close();
  await scene.reachable();
}

export const offline = {
  'offline, then online': {
    async run(scene) {
      const tab = await scene.open();
      await scene.unreachable(tab);
      await tab.end(SPANS);
      await tab.wait(A_SECOND);
      await scene.reachable(tab);
    },
  },

  'offline, then reload': {
    async run(scene) {
      const tab = await scene.open();
      await scene.unreachable();
      // At once: nothing has been written yet.
      await tab.end(SPANS);
      // On the same origin there is nobody to give the page either.
      await tab.page.reload().catch(() => {});
      await scene.reachable();
      if (scene.origin === 'same') await tab.page.goto(scene.url());
    },
  },

  'offline, then tab closed': {
    async run(scene) {
      await leaveOffline(scene);
      await scene.open();
    },
  },

  'offline, then two days later': {
    async run(scene) {
      await leaveOffline(scene);
      await scene.open({ clockMs: 2 * DAY_MS });
    },
  },

  'offline, then four days later': {
    async run(scene) {
      await leaveOffline(scene);
      const tab = await scene.open({ clockMs: 4 * DAY_MS });
      const { dropped } = await scene.until(tab, (stats) => stats.dropped.expired >= SPANS);
      return { toldOf: dropped.expired ?? 0, note: 'expired' };
    },
  },
};
