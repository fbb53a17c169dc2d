// Keeps what is not acknowledged in IndexedDB, where it outlives the page: records, each a request as it would be sent.
//
// A record's key is [page, number]; under [page, 0] stands until when that page is taken to live. What others left is sent by
// js/recover.ts.

import { call } from './hook.js';

/** How long after its last sign of life a page is taken to live, in ms. */
const LEASE_MS = 10000;
/** How long what has ended is in memory alone, in ms. */
const KEEP_MS = 900;

/** Undefined until it is open, and where the browser has none for us. @type {IDBDatabase | undefined} */
let database;
/** Names this page in the keys. */
let page = 0;
/** Until when it is taken to live; 0: it keeps nothing. */
let leased = 0;
/** The first record that is still needed, and the last one that was made. */
let first = 1;
let last = 0;
/** @type {[number, Uint8Array][]} */
let fresh = [];
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * Works on the records, in one transaction. What the browser refuses is in memory all the same.
 * @param {(records: IDBObjectStore) => unknown} work
 */
function change(work) {
  try {
    const transaction = /** @type {IDBDatabase} */ (database).transaction('spans', 'readwrite');
    work(transaction.objectStore('spans'));
    // By itself it would wait for the page to hear of it, which may be gone by then.
    transaction.commit();
  } catch {
    // No database, or none any longer.
  }
}

/**
 * @param {string} url of the collector: each has its own records
 * @param {(database: IDBDatabase) => void} found that there are records already
 */
export function openStorage(url, found) {
  page = Date.now() + Math.random();
  first = 1;
  last = 0;
  try {
    const opening = indexedDB.open(`tracelink ${url}`);
    opening.onupgradeneeded = () => opening.result.createObjectStore('spans');
    opening.onsuccess = () => {
      database = opening.result;
      change((records) => {
        const count = records.count();
        count.onsuccess = () => count.result && found(opening.result);
        // The first change takes longest. Measured: one that is made as the page ends may come too late.
        records.put(0, [page, 0]);
      });
    };
  } catch {
    // No page of this kind has any.
  }
}

/**
 * @param {number} record
 * @param {Uint8Array} body
 */
export function keep(record, body) {
  last = record;
  fresh.push([record, body]);
}

/** Something waits to be sent. */
export function keepSoon() {
  timer ??= setTimeout(keepNow, KEEP_MS);
}

/** @param {unknown} [leaves] others may take what it keeps at once */
export function keepNow(leaves) {
  clearTimeout(timer);
  timer = undefined;
  if (!database) return;
  const before = first;
  first = /** @type {number | undefined} */ (call('keep')) ?? first;
  const now = Date.now();
  const until = now + (leaves ? 0 : LEASE_MS);
  // The lease is renewed when half of it is over.
  if (fresh.length || first > before || Math.abs(until - leased) > LEASE_MS / 2) {
    leased = first > last ? 0 : until;
    change((records) => {
      records.delete(IDBKeyRange.bound([page, 0], [page, first - 0.5]));
      for (const [record, body] of fresh) records.put(body, [page, record]);
      if (leased) records.put(leased, [page, 0]);
    });
    fresh = [];
  }
  if (leased) keepSoon();
  // That is the last word: a page that ends is hidden after it.
  if (leaves) database = undefined;
}

/** @param {boolean | undefined} erase all that was kept, by whatever page */
export function closeStorage(erase) {
  if (erase) change((records) => records.clear());
  keepNow(true);
  clearTimeout(timer);
}
