// One page of a fault: ends spans and says which, tells its counts, and takes note of what goes wrong in it.

/** Firefox reports what it refuses, and cross-origin requests that failed, as errors of the page. */
const isBrowsers = (error) => /^(Content-Security-Policy|Cross-Origin Request Blocked)/.test(error);

/** The identities that hold for `stats()` at any time; undefined when they do. */
export function brokenSums(stats) {
  const dropped = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0);
  const gone = stats.delivered + stats.pending + stats.persisted + stats.kept + dropped;
  const holds =
    stats.started === stats.open + stats.ended && stats.ended + stats.recovered === gone;
  return holds ? undefined : `the sums of stats() do not hold: ${JSON.stringify(stats)}`;
}

export class Tab {
  #errors;
  #ended;

  /** `ended`: where the spans that have ended are written down. */
  constructor({ page, errors }, ended) {
    this.page = page;
    this.#errors = errors;
    this.#ended = ended;
  }

  get errors() {
    return this.#errors.filter((error) => !isBrowsers(error));
  }

  /** Runs a function in the page. */
  run(work, ...args) {
    return this.page.evaluate(work, ...args);
  }

  /** Ends so many spans; they count as ended from here on. */
  async end(count, options) {
    const ended = await this.run(
      (count, options) => globalThis.endSpans(count, options),
      count,
      options,
    );
    this.#ended.push(...ended);
  }

  /** Ends so many spans and goes to another address, in one task; without an address, loads this page again. */
  async endAndGo(count, url, options) {
    const ended = await this.run(
      (count, url, options) => {
        const ended = globalThis.endSpans(count, options);
        if (url) location.href = url;
        else location.reload();
        return ended;
      },
      count,
      url,
      options,
    );
    this.#ended.push(...ended);
  }

  /** Milliseconds of the page's own timers. */
  wait(ms) {
    return this.run((ms) => new Promise((resolve) => setTimeout(resolve, ms)), ms);
  }

  stats() {
    return this.run(() => globalThis.tracelink.stats());
  }

  flush() {
    return this.run(() => globalThis.tracelink.flush());
  }

  close() {
    return this.page.close();
  }
}
