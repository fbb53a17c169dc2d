// Keeps what is not acknowledged in IndexedDB, where it outlives the page: records, each a request as it would be sent.
//
// A record's key is [page, number]; under [page, 0] stands until when that page is taken to live. What others left is sent by
// js/recover.ts.

import { call, now } from './hook.js';
import { mostKept } from './transport.js';

/** How long after its last sign of life a page is taken to live, in ms. */
const LEASE_MS = 10000;
/** So much longer at most, where timers run late: once a minute in pages that are hidden for long. */
const LONGER_MS = 65000;
/** How long what has ended is in memory alone, in ms. */
const KEEP_MS = 900;
/** Bytes of records for which their numbers grow by one, by src/delivery/buffer.rs. */
const RECORD_UNIT = 16;

/** Undefined until it is open, and where the browser has none for us. @type {IDBDatabase | undefined} */
let database;
/** Opens it, or else deletes it. @type {(erase?: boolean) => void} */
let open = () => {};
/** Names this page in the keys. */
let page = 0;
/** Until when it is taken to live; 0: it keeps nothing. */
let leased = 0;
/** The first record that is still needed, and the last one that was made. Their numbers grow with their bytes. */
let first = 1;
let last = 0;
/** @type {[number, Uint8Array][]} */
let fresh = [];
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** When it is to run, by the clock that nobody sets. */
let due = 0;

/**
 * Writes fresh records, then works on all of them, in one transaction. What the browser refuses is in memory all the same.
 * @param {(records: IDBObjectStore) => unknown} work
 */
function change(work) {
  try {
    const transaction = /** @type {IDBDatabase} */ (database).transaction('spans', 'readwrite');
    const records = transaction.objectStore('spans');
    for (const [record, body] of fresh) records.put(body, [page, record]);
    work(records);
    // By itself it would wait for the page to hear of it, which may be gone by then.
    transaction.commit();
    fresh = [];
  } catch (error) {
    // No database; or it was deleted, or closed by the browser.
    database = undefined;
    if (/** @type {Error} */ (error).name === 'InvalidStateError') open();
  }
}

/**
 * @param {string} url of the collector: each has its own records
 * @param {(database: IDBDatabase) => void} found that there are records already
 */
export function openStorage(url, found) {
  const mine = Date.now() + Math.random();
  page = mine;
  first = 1;
  last = 0;
  fresh = [];
  open = (erase) => {
    try {
      const opening = indexedDB[erase ? 'deleteDatabase' : 'open'](`tracelink ${url}`);
      opening.onupgradeneeded = () => opening.result.createObjectStore('spans');
      opening.onsuccess = () => {
        const opened = opening.result;
        // Tracing has ended meanwhile, and may have begun again with another collector.
        if (mine !== page) return opened?.close();
        // Who deletes it need not wait for us.
        opened.onversionchange = opened.close;
        database = opened;
        keepSoon();
        change((records) => {
          const count = records.count();
          count.onsuccess = () => count.result && found(opened);
          // The first change takes longest. Measured: one that is made as the page ends may come too late.
          records.put(leased, [page, 0]);
        });
      };
    } catch {
      // No page of this kind has any.
    }
  };
  open();
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
  if (timer) return;
  timer = setTimeout(keepNow, KEEP_MS);
  due = now() + KEEP_MS;
}

/** @param {unknown} [leaves] others may take what it keeps at once */
export function keepNow(leaves) {
  clearTimeout(timer);
  timer = undefined;
  if (!database) return;
  const before = first;
  // What is too much goes, though memory may have its spans yet.
  const needed = /** @type {number | undefined} */ (call('keep')) ?? first;
  first = Math.max(needed, last - mostKept() / RECORD_UNIT);
  const until = Date.now() + (leaves ? 0 : LEASE_MS + Math.min(now() - due, LONGER_MS));
  // The lease is renewed when half of it is over.
  if (fresh.length || first > before || Math.abs(until - leased) > LEASE_MS / 2) {
    leased = first > last ? 0 : until;
    change((records) => {
      records.delete(IDBKeyRange.bound([page, 0], [page, first - 0.5]));
      if (leased) records.put(leased, [page, 0]);
    });
  }
  // That is the last word: a page that ends is hidden after it.
  if (leaves) database = undefined;
  else if (leased) keepSoon();
}

/** @param {boolean | undefined} erase all that was kept, by whatever page */
export function closeStorage(erase) {
  keepNow(true);
  page = 0;
  if (erase) open(erase);
}
