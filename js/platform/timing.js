// Navigation and Resource Timing entries: as events on spans, and the requests that wait for theirs.
//
// Source: W3C Resource Timing; the event names of OpenTelemetry's document-load and fetch instrumentations.

import { beforeSending, call } from './hook.js';

/** @typedef {import('./span-like.d.ts').SpanLike} SpanLike */

/** Milliseconds by which the clock of an entry may differ from that of the call: both are coarsened. */
const SLACK = 2;

const PHASES =
  'fetchStart domainLookupStart domainLookupEnd connectStart secureConnectionStart connectEnd requestStart responseStart responseEnd';

/**
 * Adds an event for each of the names, with spaces between them, whose time is known.
 * @param {SpanLike} span
 * @param {any} entry
 * @param {string} names
 */
export function addEvents(span, entry, names) {
  for (const name of names.split(' ')) {
    const time = entry[name];
    // What has ended has begun: at the time origin, to which the page's clock has rounded it.
    if (time > 0 || (time === 0 && name === 'fetchStart' && entry.responseEnd > 0))
      span.addEvent(name, undefined, time);
  }
}

/**
 * The network phases of an entry and its protocol.
 * @param {SpanLike} span
 * @param {any} entry
 */
export function addPhases(span, entry) {
  const version = /(\d)\.?(\d?)$/.exec(entry.nextHopProtocol ?? '');
  if (version)
    span.setAttribute(
      'network.protocol.version',
      version[1] > '1' ? version[1] : `${version[1]}.${version[2] || 0}`,
    );
  addEvents(span, entry, PHASES);
}

/**
 * A request whose entry has not come.
 * @typedef {object} Awaited
 * @property {SpanLike} _span
 * @property {string} _url without fragment, as entries name it
 * @property {number} _start
 * @property {number} _end infinite while the request is under way
 * @property {boolean} [_timed] its entry came before its end
 */

/** @param {string} url */
const withoutFragment = (url) => url.split('#', 1)[0];

/** @type {Awaited[]} */
let awaited = [];
/** @type {PerformanceObserver | undefined} */
let observer;
let observing = false;

/** @param {PerformanceObserverEntryList} list */
function report(list) {
  for (const entry of /** @type {PerformanceResourceTiming[]} */ (list.getEntries()))
    if (entry.initiatorType === 'fetch') giveTiming(entry);
}

/**
 * Hands an entry to its request. Two requests that it may belong to count as none: a missing timing, never a wrong one.
 * @param {PerformanceResourceTiming} entry
 */
export function giveTiming(entry) {
  const start = entry.fetchStart;
  const url = withoutFragment(entry.name);
  const [found, other] = awaited.filter(
    ({ _url, _timed, _start, _end }) =>
      _url === url && !_timed && start >= _start - SLACK && start <= _end + SLACK,
  );
  if (!found || other) return;
  found._timed = true;
  addPhases(found._span, entry);
  if (found._end < Infinity) write((one) => one === found);
}

/**
 * Writes ended requests, with their timing or without.
 * @param {(one: Awaited) => boolean} due
 */
function write(due) {
  const all = awaited;
  awaited = [];
  for (const one of all) {
    if (one._end < Infinity && due(one)) one._span._end(0);
    else awaited.push(one);
  }
  if (awaited.length > 0 || !observing) return;
  observing = false;
  observer?.disconnect();
}

/** Listens for entries. False where the browser has none. */
function observe() {
  if (observing) return true;
  try {
    if (!observer) {
      observer = new PerformanceObserver(report);
      beforeSending(() => write(() => true));
    }
    observer.observe({ type: 'resource' });
    observing = true;
  } catch {
    // A browser, or a page, without Resource Timing.
  }
  return observing;
}

/**
 * Waits for the entry of a request that is about to be sent; `blob:` and `data:` have none.
 * @param {SpanLike} span
 * @param {string} url
 * @param {number} start
 */
export function awaitTiming(span, url, start) {
  if (!/^https?:/.test(url) || !observe()) return;
  const [_url, _end] = [withoutFragment(url), Infinity];
  awaited.push({ _span: span, _url, _start: start, _end });
}

/**
 * Ends the span of a request at this time; it is written when its entry has come, or before the next sending.
 * @param {SpanLike} span
 * @param {number} time
 */
export function endTimed(span, time) {
  const one = awaited.find(({ _span }) => _span === span);
  if (!one) return span._end(time);
  one._end = time;
  call('end', span._handle, time, true);
  if (one._timed) write((other) => other === one);
}
