// Runs a file's scenarios in every browser, each with a world and a browser of its own; the browsers side by side.
import { after, before, describe, test } from 'node:test';
import { BROWSERS, launch, openPage } from './browsers.mjs';
import { startWorld } from './world.mjs';

/** `scenarios`: { 'what must hold': async ({ world, page, printed, errors, browserName }) => … } */
export function inEveryBrowser(scenarios, worldOptions, browserOptions) {
  describe('in every browser', { concurrency: BROWSERS.length }, () => {
    for (const browserName of BROWSERS) {
      describe(browserName, { concurrency: 1 }, () => {
        let world;
        let browser;
        before(async () => {
          world = await startWorld(worldOptions);
          browser = await launch(browserName, browserOptions);
        });
        after(async () => {
          await browser?.close();
          await world?.stop();
        });
        for (const [name, scenario] of Object.entries(scenarios)) {
          test(name, async () => {
            const opened = await openPage(browser);
            try {
              await scenario({ world, browserName, ...opened });
            } finally {
              await opened.page.close();
            }
          });
        }
      });
    }
  });
}
