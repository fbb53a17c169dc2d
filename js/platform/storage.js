// Keeps what is not acknowledged in IndexedDB, where it outlives the page: records, each a request as it would be sent.
//
// A record's key is [page, number]; under [page, 0] stands until when that page is taken to live. What others left is sent by
// js/recover.ts.

import { call } from './hook.js';

const STORE = 'spans';
/** How long after its last sign of life a page is taken to live, in ms. */
const LEASE_MS = 10000;
/** How long what has ended is in memory alone, in ms. */
const KEEP_MS = 900;

/** Rejected where the browser has no database for us; undefined: nothing is kept. @type {Promise<IDBDatabase> | undefined} */
let opened;
/** Names this page in the keys. */
let page = 0;
/** Until when it is taken to live; 0: it keeps nothing. */
let leased = 0;
/** The first record that is still needed, and the last one that was made. */
let first = 1;
let last = 0;
let mostBytes = 0;
let bytesLeft = 0;
/** @type {[number, Uint8Array][]} */
let fresh = [];
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * Works on the records, in one transaction. What the browser refuses is in memory all the same.
 * @param {(records: IDBObjectStore) => unknown} work
 */
export async function withRecords(work) {
  try {
    const transaction = /** @type {IDBDatabase} */ (await opened).transaction(STORE, 'readwrite');
    await work(transaction.objectStore(STORE));
  } catch {
    // No database, or none any longer.
  }
}

/**
 * @param {string} url of the collector: each has its own records
 * @param {number} most bytes
 * @param {() => void} found that there are records already
 */
export function openStorage(url, most, found) {
  opened = new Promise((resolve, reject) => {
    const opening = indexedDB.open(`tracelink ${url}`);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = reject;
  });
  page = Date.now() + Math.random();
  first = 1;
  last = 0;
  mostBytes = bytesLeft = most;
  withRecords((records) => {
    const count = records.count();
    count.onsuccess = () => count.result && found();
  });
}

/**
 * @param {number} record
 * @param {Uint8Array} body
 */
export function keep(record, body) {
  last = record;
  bytesLeft -= body.length;
  if (bytesLeft >= 0) fresh.push([record, body]);
}

/** Something waits to be sent. */
export function keepSoon() {
  if (opened) timer ??= setTimeout(keepNow, KEEP_MS);
}

/** @param {number} [lease] for how long others leave it to this page, in ms */
export function keepNow(lease = LEASE_MS) {
  clearTimeout(timer);
  timer = undefined;
  const before = first;
  first = /** @type {number | undefined} */ (call('keep')) ?? first;
  const now = Date.now();
  if (fresh.length || first > before || lease !== LEASE_MS || leased - now < LEASE_MS / 2) {
    const records = fresh;
    fresh = [];
    leased = now + lease;
    if (first > last) {
      leased = 0;
      bytesLeft = mostBytes;
    }
    const [needed, until] = [first, leased];
    withRecords((store) => {
      store.delete(IDBKeyRange.bound([page, 0], [page, needed - 0.5]));
      for (const [record, body] of records) store.put(body, [page, record]);
      if (until) store.put(until, [page, 0]);
    });
  }
  if (leased) keepSoon();
}

/** @param {boolean | undefined} erase all that was kept, by whatever page */
export function closeStorage(erase) {
  keepNow(0);
  if (erase) withRecords((records) => records.clear());
  clearTimeout(timer);
  timer = opened = undefined;
}
