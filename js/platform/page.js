// The document: the context that its server left in it, and its timing once it has loaded.

import { call } from './hook.js';
import { row } from './timing.js';
import { isOwn, shownUrl } from './url.js';

/** A context that is this much older than the response comes from a cache on the way. */
const MOST_AGE_MS = 120000;
const MOST_URL = 4096;

/** The numbers before the first row, by the names of src/tracer/page.rs. */
const DOCUMENT = [
  'unloadEventStart',
  'unloadEventEnd',
  'domInteractive',
  'domContentLoadedEventStart',
  'domContentLoadedEventEnd',
  'domComplete',
  'loadEventStart',
  'loadEventEnd',
];

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
    /** @type {Map<string, string>} */
    const timings = new Map();
    for (const { name, description } of nav.serverTiming ?? [])
      if (!timings.has(name)) timings.set(name, description);
    /** @param {string} name */
    const timing = (name) => timings.get(name) ?? '';
    /** @param {string} name */
    const meta = (name) =>
      /** @type {HTMLMetaElement | null} */ (document.querySelector(`meta[name="${name}"]`))
        ?.content ?? '';
    /** @param {(name: string) => string} read */
    const carriers = (read) => ({
      traceparent: read('traceparent'),
      tracestate: read('tracestate'),
      baggage: read('baggage'),
      'sentry-trace': read('sentry-trace'),
    });
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

/** Calls the export `pageLoaded` when the document has loaded and the listeners of its load event are done. */
export function watch_load() {
  const loaded = () => {
    // A task: Firefox keeps timers back while a page loads.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      call('pageLoaded');
    };
    port2.postMessage(0);
  };
  if (document.readyState === 'complete') loaded();
  else addEventListener('load', loaded, { once: true });
}

/** @type {Uint8Array} */
let block = new Uint8Array();

/** Gathers the page's timing: how many numbers, the numbers, URLs separated by NUL. Returns its length in bytes. */
export function collect_page() {
  try {
    const nav = entries('navigation')[0] ?? {};
    const resources = entries('resource').filter(({ name }) => !isOwn(name));
    const paints = entries('paint');
    /** @param {string} name */
    const paint = (name) => paints.find((entry) => entry.name === name)?.startTime ?? 0;
    const numbers = [
      ...DOCUMENT.map((name) => nav[name] ?? 0),
      paint('first-paint'),
      paint('first-contentful-paint'),
      ...row(nav),
    ];
    const urls = [shownUrl(location.href)];
    for (const entry of resources) {
      numbers.push(...row(entry));
      urls.push(shownUrl(entry.name).slice(0, MOST_URL));
    }
    const head = new Uint8Array(Float64Array.of(numbers.length, ...numbers).buffer);
    const text = new TextEncoder().encode(urls.join('\0'));
    block = new Uint8Array(head.length + text.length);
    block.set(head);
    block.set(text, head.length);
  } catch {
    block = new Uint8Array();
  }
  return block.length;
}

/** @param {Uint8Array} out */
export function take_page(out) {
  out.set(block.subarray(0, out.length));
}

/**
 * Writes the document's URL and the server's contexts, fresh before stale, separated by NUL: `f` or `s`, then
 * `traceparent`, `tracestate`, `baggage`, `sentry-trace`. Returns their length.
 * @param {Uint8Array} out
 */
export function read_server_contexts(out) {
  const texts = [];
  for (const { carriers, stale } of serverContexts())
    texts.push(stale ? 's' : 'f', ...Object.values(carriers));
  return new TextEncoder().encodeInto(texts.join('\0'), out).written;
}
