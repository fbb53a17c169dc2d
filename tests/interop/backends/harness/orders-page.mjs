// Drives the examples' page: opens it, clicks, and reads what it shows.
const PATIENCE = { timeout: 15_000 };

export function ordersPage(page) {
  const text = (id) => page.$eval(`#${id}`, (element) => element.textContent);
  const changed = async (id, before) => {
    await page.waitForFunction(
      (wanted, old) => document.getElementById(wanted).textContent !== old,
      PATIENCE,
      id,
      before,
    );
    return text(id);
  };
  return {
    /** Resolves once it is connected and tracing is on, with the trace id of its load. */
    async open(address) {
      await page.goto(address, { waitUntil: 'load' });
      await page.waitForFunction(
        () => document.getElementById('connection')?.textContent === 'live',
        PATIENCE,
      );
      return page.evaluate(async () => {
        const { pageLoad, started } = await import('/page/page.js');
        const result = await started;
        return result.ok ? pageLoad.traceId : Promise.reject(result.error);
      });
    },
    /** Clicks and waits for the message that follows: the click's trace id, and the message. */
    async click(id) {
      const [trace, message] = [await text('trace'), await text('message')];
      await page.click(`#${id}`);
      const traceId = await changed('trace', trace);
      return { traceId, message: JSON.parse(await changed('message', message)) };
    },
    flush: () => page.evaluate(async () => (await import('/dist/index.js')).flush()),
  };
}
