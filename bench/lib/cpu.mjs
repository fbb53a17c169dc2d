// Processor time of a page's main thread. On a machine with other work, wall time measures that work too.

/** A clock of the page's main thread in microseconds; undefined where the browser has none to show. */
export async function threadClock(page) {
  let session;
  try {
    session = await page.createCDPSession();
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  } catch {
    return undefined;
  }
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ThreadTime').value * 1e6;
  };
}
