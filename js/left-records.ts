// Records of pages that are gone: which of them a page may send, and which are of no use any longer.

/** A page and a number; 0 is its lease. By js/platform/storage.js. */
type Key = [page: number, record: number];

/** A request that was not acknowledged. */
export interface LeftRecord {
  _key: Key;
  _body: Uint8Array<ArrayBuffer>;
  _spans: number;
}

export interface Taken {
  /** To be sent by whoever took them, oldest first. */
  _records: LeftRecord[];
  /** Deleted: they were too old. */
  _expired: LeftRecord[];
  /** Deleted: there were too many, and these were the oldest. */
  _surplus: LeftRecord[];
  /** All that were there, as text. */
  _keys: string[];
  /** Milliseconds until a page that is taken to live now may be gone; undefined: there is none. */
  _wait: number | undefined;
}

/** A page that is taken to live for longer than that has another clock. */
const LONGEST_LEASE_MS = 120_000;
/** Bytes of records for which their numbers grow by one, by src/delivery/buffer.rs. */
const RECORD_UNIT = 16;

const result = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** The parts of a message that stand in its length-delimited fields of this number; none if it is no message of such fields. */
function parts(message: Uint8Array | undefined, wanted: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  if (!message) return found;
  for (let at = 0; at < message.length; ) {
    const tag = message[at++];
    let length = 0;
    for (let scale = 1; ; scale *= 128) {
      length += (message[at] & 127) * scale;
      if (!(message[at++] > 127)) break;
    }
    if ((tag & 7) !== 2 || !(at + length <= message.length)) return [];
    if (tag >> 3 === wanted) found.push(message.subarray(at, at + length));
    at += length;
  }
  return found;
}

/** How many spans a record has; 0 if it is not as a page wrote it. */
function spansIn(body: unknown): number {
  if (!(body instanceof Uint8Array)) return 0;
  // ExportTraceServiceRequest.resource_spans, ResourceSpans.scope_spans, ScopeSpans.spans: one resource and scope a page.
  const [scope] = parts(parts(body, 1)[0], 2);
  return parts(scope, 2).length;
}

const isKey = (key: unknown): key is Key =>
  Array.isArray(key) && key.length === 2 && key.every((part) => typeof part === 'number');

/** Until when a page is taken to live, and until when another has taken what it left; what is no number is long ago. */
function leaseOf(value: unknown): [until: number, taken: number] {
  const [until, taken] = [value].flat();
  return [Number(until) || 0, Number(taken) || 0];
}

/**
 * Takes what pages left that are gone, until `claim`, in the running transaction; deletes what is none of ours, too old or
 * too much.
 */
export async function takeRecords(
  store: IDBObjectStore,
  maxBytes: number,
  maxAgeMs: number,
  claim: number,
): Promise<Taken> {
  const now = Date.now();
  const taken: Taken = { _records: [], _expired: [], _surplus: [], _keys: [], _wait: undefined };
  /** The records of each page. */
  const pages = new Map<number, number[]>();
  for (const key of await result(store.getAllKeys())) {
    if (!isKey(key)) {
      store.delete(key);
      continue;
    }
    const [page, record] = key;
    const own = pages.get(page) ?? [];
    if (record !== 0) own.push(record);
    pages.set(page, own);
    taken._keys.push(`${key}`);
  }
  let bytes = 0;
  const gone: [page: number, until: number][] = [];
  for (const [page, own] of pages) {
    const [until, takenUntil] = leaseOf(await result(store.get([page, 0])));
    const left = Math.max(until, takenUntil) - now;
    if (left > 0 && left < LONGEST_LEASE_MS) {
      taken._wait = Math.min(taken._wait ?? left, left);
      // About what it has: all but its last record.
      if (own.length > 1) bytes += (own[own.length - 1] - own[0]) * RECORD_UNIT;
    } else gone.push([page, until]);
  }
  // The latest page first: what is oldest goes when there is too much.
  for (const [page, until] of gone.sort(([one], [other]) => other - one)) {
    for (const number of (pages.get(page) as number[]).reverse()) {
      const key: Key = [page, number];
      const body = await result(store.get(key));
      const record = { _key: key, _body: body, _spans: spansIn(body) };
      if (record._spans) bytes += body.length;
      const isOld = now - until > maxAgeMs;
      const fits = bytes <= maxBytes;
      if (record._spans)
        (isOld ? taken._expired : fits ? taken._records : taken._surplus).unshift(record);
      if (!record._spans || isOld || !fits) store.delete(key);
    }
    store.put([until, claim], [page, 0]);
    await deleteLease(store, page);
  }
  taken._records.sort((one, other) => one._key[0] - other._key[0]);
  return taken;
}

/** Deletes the lease of a page, unless it has left something else. */
async function deleteLease(store: IDBObjectStore, page: number): Promise<void> {
  const left = await result(store.count(IDBKeyRange.bound([page, 0], [page, Infinity])));
  if (left === 1) store.delete([page, 0]);
}

const pagesOf = (records: LeftRecord[]) => new Set(records.map(({ _key: [page] }) => page));

/** Deletes records, and the leases of pages that have left nothing else. */
export async function deleteRecords(store: IDBObjectStore, records: LeftRecord[]): Promise<void> {
  for (const { _key: key } of records) store.delete(key);
  for (const page of pagesOf(records)) await deleteLease(store, page);
}

/**
 * Those of some records that are still taken until `claim`, by nobody else then: until `next` from now on. The others
 * belong to a page that lives after all, or that came when the claim was over.
 */
export async function goOn(
  store: IDBObjectStore,
  records: LeftRecord[],
  claim: number,
  next: number,
): Promise<LeftRecord[]> {
  const ours = new Set<number>();
  for (const page of pagesOf(records)) {
    const [until, taken] = leaseOf(await result(store.get([page, 0])));
    if (taken !== claim) continue;
    ours.add(page);
    store.put([until, next], [page, 0]);
  }
  return records.filter(({ _key: [page] }) => ours.has(page));
}
