// Runs faults one after the other in one browser, with the collector on one side of the origin's border.
import { account } from './support/account.mjs';
import { Browser } from './support/browser.mjs';
import { Scene } from './support/scene.mjs';

/** A fault that leaves its page hanging ends here; none comes near it otherwise. */
const RUN_MS = 120_000;

function atMost(ms, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${ms / 1000} s`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function runFault(browser, origin, name, fault) {
  const scene = new Scene(browser, origin);
  const empty = { ended: 0, stored: 0, twice: 0, toldOf: 0, lost: 0 };
  let result;
  try {
    await scene.start(fault);
    const told = (await atMost(RUN_MS, fault.run(scene))) ?? {};
    if (!told.toldOf) await scene.allStored();
    await scene.examine(fault);
    result = await account(scene, told, fault);
  } catch (error) {
    result = { ...empty, problems: [`${error.stack}`] };
  } finally {
    await scene.stop();
  }
  return { fault: name, browser: browser.name, origin, ...result };
}

/** `report(row)` hears of each run as it ends. */
export async function runLane({ browserName, origin, faults }, report) {
  const browser = new Browser(browserName);
  try {
    for (const [name, fault] of faults) {
      const start = performance.now();
      if (fault.preferences) await browser.restart(fault.preferences);
      const row = await runFault(browser, origin, name, fault);
      await browser.recover();
      report({ ...row, seconds: (performance.now() - start) / 1000 });
    }
  } finally {
    await browser.stop();
  }
}
