// What the entry point `tracelink` loads where earlier pages left something in the storage: sends it.

import { deleteRecords, goOn, type LeftRecord, takeRecords } from './left-records.ts';
import type { InitOptions } from './types.d.ts';

/** Where this file is: one of tracelink's own. */
export const url = import.meta.url;

/** Works on the records, in one transaction; never rejects. */
type Use = (work: (store: IDBObjectStore) => unknown) => Promise<void>;
/** Sends a body: status, ms to wait, rejected spans. Never rejects. */
type Exchange = (body: Uint8Array<ArrayBuffer>) => Promise<number[] | undefined>;
/** The counts behind `stats()`; none when tracing has ended, even if it has begun again since. */
type Counts = () => Uint32Array | false | undefined;

/** Where counts stand, by src/delivery/counters.rs. */
const DELIVERED = 3;
const TOO_LARGE = 6;
const REJECTED = 7;
const NOT_RETRYABLE = 8;
const EXPIRED = 9;
const STORAGE_FULL = 10;
const BLOCKED = 11;
const PERSISTED = 16;
const RECOVERED = 17;

/** Bytes of records in one request, unless a single one is larger. */
const REQUEST_BYTES = 262_144;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 300_000;
/** What a collector may ask for at most; a timer takes no more than 2^31 - 1 ms. */
const LONGEST_ASKED_MS = 3_600_000;
/** Source: OTLP/HTTP, "Retryable Response Codes"; 0: no answer. */
const RETRYABLE = [0, 429, 502, 503, 504];
/** One record may be the reason, or all together. */
const ABOUT_CONTENT = [400, 413];
/** How long others leave to a page what it has taken, in ms; longer than a request may take. */
const CLAIM_MS = 40_000;

/** Sends what others left, now and whenever there may be more. */
export function recover(
  database: IDBDatabase,
  exchange: Exchange,
  counts: Counts,
  persist: InitOptions['persist'],
): void {
  const { maxBytes = 5_242_880, maxAgeMs = 259_200_000 } = Object(persist);
  const use: Use = async (work) => {
    try {
      await work(database.transaction('spans', 'readwrite').objectStore('spans'));
    } catch {
      // The database was deleted, or closed by the browser: who opens it again begins again with what is left there.
      leaveOut([]);
    }
  };
  let busy = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  /** What this page took over and has not seen the end of, by key: so many spans. */
  const known = new Map<string, number>();

  /** Adds to a count, if tracing has not ended. */
  const add = (count: number, spans: number): void => {
    const all = counts();
    if (all) all[count] += spans;
  };

  function takeOver(records: LeftRecord[]): void {
    for (const { _key, _spans } of records) {
      if (known.has(`${_key}`)) continue;
      known.set(`${_key}`, _spans);
      add(RECOVERED, _spans);
      add(PERSISTED, _spans);
    }
  }

  /** Tells what became of records; of what was delivered so many spans were rejected. */
  function settle(records: LeftRecord[], outcome: number, rejected = 0): void {
    takeOver(records);
    let spans = 0;
    for (const { _key, _spans } of records) {
      known.delete(`${_key}`);
      spans += _spans;
    }
    const refused = Math.min(rejected, spans);
    add(PERSISTED, -spans);
    add(outcome, spans - refused);
    add(REJECTED, refused);
  }

  /** Forgets what other pages have sent meanwhile. */
  function leaveOut(keys: string[]): void {
    for (const [key, spans] of known) {
      if (keys.includes(key)) continue;
      known.delete(key);
      add(RECOVERED, -spans);
      add(PERSISTED, -spans);
    }
  }

  /** Milliseconds until there may be more to do; undefined: nothing is left. */
  async function sendWhatIsLeft(): Promise<number | undefined> {
    let left: LeftRecord[] = [];
    let wait: number | undefined;
    let claim = Date.now() + CLAIM_MS;
    await use(async (store) => {
      const taken = await takeRecords(store, maxBytes, maxAgeMs, claim);
      left = taken._records;
      wait = taken._wait;
      leaveOut(taken._keys);
      takeOver(left);
      settle(taken._expired, EXPIRED);
      settle(taken._surplus, STORAGE_FULL);
    });
    /** Goes on for so many ms with what nobody else has taken. */
    const claimFor = async (ms: number) => {
      const before = claim;
      claim = Date.now() + ms;
      let ours: LeftRecord[] = [];
      await use(async (store) => {
        ours = await goOn(store, left, before, claim);
      });
      if (ours.length < left.length) wait ??= CLAIM_MS;
      left = ours;
    };
    let most = REQUEST_BYTES;
    while (left.length > 0) {
      await claimFor(CLAIM_MS);
      let bytes = 0;
      const end = left.findIndex(({ _body }, at) => {
        bytes += _body.length;
        return at > 0 && bytes > Math.min(most, REQUEST_BYTES);
      });
      const batch = left.slice(0, end < 0 ? left.length : end);
      // Protobuf: messages one after the other are one message with the repeated fields of all.
      const body = await new Blob(batch.map(({ _body }) => _body)).arrayBuffer();
      // Consent may have been withdrawn meanwhile.
      if (batch.length === 0 || !counts()) break;
      const [status, asked, rejected] = (await exchange(new Uint8Array(body))) as number[];
      if (RETRYABLE.includes(status)) {
        await claimFor(0);
        const own = Math.min(FIRST_WAIT_MS * 2 ** failures++, LONGEST_WAIT_MS);
        // Never sooner than the collector asks.
        return Math.max(own * (0.8 + 0.4 * Math.random()), Math.min(asked, LONGEST_ASKED_MS));
      }
      failures = 0;
      if (batch.length > 1 && ABOUT_CONTENT.includes(status)) {
        // One that is broken does not cost the others.
        most = body.byteLength / 2;
        continue;
      }
      most *= 2;
      left = left.slice(batch.length);
      await use((store) => deleteRecords(store, batch));
      if (status >= 200 && status < 300) settle(batch, DELIVERED, rejected);
      else settle(batch, status === 413 ? TOO_LARGE : NOT_RETRYABLE);
    }
    return wait;
  }

  /** Once at a time. */
  async function look(): Promise<void> {
    clearTimeout(timer);
    const all = counts();
    // What the page's policy forbids is not tried again.
    if (busy || !all || all[BLOCKED]) return;
    busy = true;
    const wait = await sendWhatIsLeft();
    busy = false;
    if (wait !== undefined) timer = setTimeout(look, wait);
  }

  for (const type of ['online', 'pageshow']) addEventListener(type, look);
  look();
}
