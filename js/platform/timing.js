// Navigation and Resource Timing entries as rows of numbers, and the one observer of new ones.

import { call } from './hook.js';
import { hashUrl } from './url.js';

/** The times of a row, by the names of src/tracer/timing.rs. */
const PHASES = [
  'fetchStart',
  'domainLookupStart',
  'domainLookupEnd',
  'connectStart',
  'secureConnectionStart',
  'connectEnd',
  'requestStart',
  'responseStart',
  'responseEnd',
];

/**
 * Nine times, the protocol in tenths, the status; 0 for what is unknown.
 * @param {PerformanceResourceTiming} entry
 * @returns {number[]}
 */
export function row(entry) {
  const version = /(\d)\.?(\d?)$/.exec(entry.nextHopProtocol ?? '');
  return [
    ...PHASES.map((name) => Number(/** @type {any} */ (entry)[name] ?? 0)),
    version ? Number(version[1]) * 10 + Number(version[2]) : 0,
    Number(/** @type {any} */ (entry).responseStatus ?? 0),
  ];
}

/** @type {PerformanceObserver | undefined} */
let observer;
let observing = false;

/** @param {PerformanceObserverEntryList} list */
function report(list) {
  for (const entry of /** @type {PerformanceResourceTiming[]} */ (list.getEntries())) {
    if (entry.initiatorType === 'fetch') call('fetchTiming', hashUrl(entry.name), ...row(entry));
  }
}

/** Listens until `stop_timing`. False where the browser has no such entries. */
export function watchTiming() {
  if (observing) return true;
  try {
    observer ??= new PerformanceObserver(report);
    observer.observe({ type: 'resource' });
    observing = true;
  } catch {
    // A browser, or a page, without Resource Timing.
  }
  return observing;
}

export function stop_timing() {
  if (!observing) return;
  observing = false;
  observer?.disconnect();
}
