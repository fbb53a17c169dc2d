// The document: the context that its server left in it, and its timing once it has loaded.

import { isIgnored } from './fetch.js';
import { beforeSending, now } from './hook.js';
import { CARRIERS } from './message.js';
import { addEvents, addPhases } from './timing.js';
import { afterTask } from './update.js';
import { shownUrl } from './url.js';

/** @typedef {import('./span-like.d.ts').SpanLike} SpanLike */

/** A context that is this much older than the response comes from a cache on the way. */
const MOST_AGE_MS = 120000;

/** Events of the document's span. Source: OpenTelemetry's document-load instrumentation. */
const EVENTS =
  'fetchStart unloadEventStart unloadEventEnd domInteractive domContentLoadedEventStart domContentLoadedEventEnd domComplete loadEventStart loadEventEnd';

/**
 * @param {string} type
 * @returns {any[]}
 */
function entries(type) {
  try {
    return performance.getEntriesByType(type);
  } catch {
    return [];
  }
}

/**
 * The carriers of the document, then those of its response. Stale: they may come from a cache, so that the trace they
 * name is another visitor's.
 * @returns {{ carriers: Record<string, string>, stale: boolean }[]}
 */
export function serverContexts() {
  try {
    const nav = entries('navigation')[0] ?? {};
    /** @param {string} wanted */
    const timing = (wanted) =>
      nav.serverTiming?.find((/** @type {PerformanceServerTiming} */ { name }) => name === wanted)
        ?.description ?? '';
    /** @param {string} name */
    const meta = (name) =>
      /** @type {HTMLMetaElement | null} */ (document.querySelector(`meta[name="${name}"]`))
        ?.content ?? '';
    /** @param {(name: string) => string} read */
    const carriers = (read) => Object.fromEntries(CARRIERS.map((name) => [name, read(name)]));
    /** @param {string} sent */
    const isOld = (sent) =>
      Number(sent) > 0 && performance.timeOrigin + nav.responseStart - Number(sent) > MOST_AGE_MS;
    const [metaTime, timingTime] = [meta('trace-time'), timing('trace-time')];
    const inResponse = carriers(timing);
    inResponse.traceparent ||= timing('trace');
    return [
      {
        carriers: carriers(meta),
        // From the network, a response is larger than its body by its headers, which count as 300.
        stale: nav.transferSize < nav.encodedBodySize + 300 || isOld(metaTime || timingTime),
      },
      { carriers: inResponse, stale: nav.transferSize === 0 || isOld(timingTime || metaTime) },
    ];
  } catch {
    return [];
  }
}

/**
 * Ends the span of the document's load when that is done, with its children: the document's own request and the `most`
 * slowest of its resources; or as incomplete, when the page is hidden before.
 * @param {SpanLike} span
 * @param {number} most
 */
export function endWithLoad(span, most) {
  let open = true;
  /** @param {boolean} incomplete */
  const end = (incomplete) => {
    if (!open) return;
    open = false;
    endLoad(span, most, incomplete);
  };
  beforeSending((hidden) => {
    if (hidden) end(true);
  });
  // A task after the listeners of the load event. Firefox keeps timers back while a page loads.
  const loaded = () => afterTask(() => end(false));
  if (document.readyState === 'complete') loaded();
  else addEventListener('load', loaded, { once: true });
}

/**
 * @param {SpanLike} span
 * @param {number} most
 * @param {boolean} incomplete
 */
function endLoad(span, most, incomplete) {
  let end;
  try {
    const nav = entries('navigation')[0] ?? {};
    end = nav.loadEventEnd || undefined;
    addEvents(span, nav, EVENTS);
    for (const { name, startTime } of entries('paint'))
      if (/^first-/.test(name))
        span.addEvent(
          name.replace(/-./g, (/** @type {string} */ part) => part[1].toUpperCase()),
          undefined,
          startTime,
        );
    setStatusCode(span, nav);
    addChild(span, 'documentFetch', nav, location.href);
    const resources = entries('resource').filter(
      ({ name, fetchStart, responseEnd }) =>
        responseEnd > 0 && !(fetchStart >= end) && !isIgnored(name),
    );
    /** @param {any} entry */
    const duration = ({ fetchStart, responseEnd }) => responseEnd - fetchStart;
    const slowest = resources.sort((a, b) => duration(b) - duration(a)).slice(0, most);
    for (const entry of slowest) addChild(span, 'resourceFetch', entry, entry.name);
    if (resources.length > most) {
      span.setAttribute('tracelink.resources.count', resources.length);
      span.setAttribute('tracelink.resources.dropped', resources.length - slowest.length);
    }
    if (incomplete) span.setAttribute('tracelink.incomplete', true);
  } catch {
    // A page that breaks its own timing: what was read so far counts.
  }
  span._end(end ?? now());
}

/**
 * @param {SpanLike} span
 * @param {any} entry
 */
function setStatusCode(span, { responseStatus }) {
  if (responseStatus) span.setAttribute('http.response.status_code', responseStatus);
}

/**
 * The span of an entry whose end is known.
 * @param {SpanLike} load
 * @param {string} name
 * @param {any} entry
 * @param {string} url
 */
function addChild(load, name, entry, url) {
  const { fetchStart, responseEnd } = entry;
  // A document that is parsed has come: within the first tick of the clock, if that says 0.
  if (!(responseEnd > 0 || entry.domInteractive)) return;
  const attributes = { 'url.full': shownUrl(url) };
  const span = load.child(name, { startTime: fetchStart, attributes });
  setStatusCode(span, entry);
  addPhases(span, entry);
  span._end(responseEnd);
}
