// Sends OTLP requests with fetch and reports each answer once.

import { bytesAt, call } from './hook.js';
import { keep } from './storage.js';

/** What is to be stored, by src/tracer/sending.rs. */
const KEEP = 2;
/** Browsers allow 64 KiB for all that is armed. */
const ARMED_BYTES = 60000;

/**
 * How requests are sent, and what waits is kept, other than usually.
 * @typedef {object} Manner
 * @property {Record<string, string>} headers with the type of the content
 * @property {boolean} gzip off the exit path
 * @property {boolean} keepalive on it
 * @property {((body: Uint8Array) => Uint8Array<ArrayBuffer>) | undefined} encode writes something else than protobuf
 * @property {number} maxKept bytes of what a page stores until they are acknowledged, but for the last record
 * @property {(answer: Uint8Array) => Promise<number>} rejectedIn how many spans an answer says are rejected; without it none are
 */

/** Bytes that a page stores of its own, unless it says otherwise. */
const MAX_KEPT = 5242880;

/** @type {{ url: string } & Partial<Manner>} */
let target;

/** Bytes that a page may store of its own. */
export const mostKept = () => target?.maxKept ?? MAX_KEPT;

/**
 * @param {string} url
 * @param {Partial<Manner>} [manner]
 */
export function setEndpoint(url, manner) {
  const headers = { 'content-type': 'application/x-protobuf' };
  target = { url, headers, gzip: true, keepalive: true, ...manner };
}

/** @param {string} url */
export function isEndpoint(url) {
  return url === target?.url.split('#')[0];
}

/**
 * Milliseconds that a Retry-After header asks for, in seconds or as a date; -1 without one.
 * @param {any} value its text, or null
 */
function retryAfter(value) {
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return ms >= 0 ? ms : -1;
}

/** @param {Uint8Array<ArrayBuffer>} body */
function compress(body) {
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Response(stream).arrayBuffer();
}

/** The memory of a body that was answered, for the next one: fresh memory costs more than what is copied into it. */
let spare = new Uint8Array();

/** Ends what the browser has been asked to send, should the page end without a word. */
let armed = new AbortController();
let armedBytes = 0;
/** Requests without an answer. */
let underWay = 0;

/** What ends before the page does is sent by the page, or not at all. */
export function disarm() {
  // Calling off nothing costs the browser as much as a small request.
  if (!armedBytes) return;
  armed.abort();
  armed = new AbortController();
  armedBytes = 0;
}

/**
 * Sends a body: [status, or 0 without an answer; ms to wait, or -1; rejected spans]; undefined if nobody waits for an
 * answer. Never rejects.
 * @param {Uint8Array<ArrayBuffer>} body
 * @param {number} [way]
 */
export async function exchange(body, way) {
  const { url, headers, gzip, keepalive, encode, rejectedIn } = target;
  let [status, wait, rejected] = [0, -1, 0];
  try {
    if (encode) body = encode(body);
    const zipped =
      gzip && !way && body.length > 1024 ? await compress(body).catch(() => null) : null;
    // A collector that never answers must not hold up the rest.
    const late = AbortSignal.timeout(30000);
    const request = {
      method: 'POST',
      headers: zipped ? { ...headers, 'content-encoding': 'gzip' } : headers,
      body: zipped ?? body,
      keepalive: !!way && keepalive,
      priority: /** @type {const} */ ('low'),
      // At exit Firefox ends what could be aborted.
      signal: way ? null : late,
    };
    if (way === KEEP) {
      armedBytes += body.length;
      // What is under way is not to be sent a second time.
      if (!underWay && armedBytes < ARMED_BYTES)
        self.fetchLater?.(url, { ...request, signal: armed.signal });
      return undefined;
    }
    const response = await Promise.race([
      fetch(url, request),
      // Firefox settles nothing that was under way when it kept the page for a way back.
      new Promise((_, reject) => {
        late.onabort = reject;
      }),
    ]);
    // Else it is kept for all of the half minute.
    late.onabort = null;
    wait = retryAfter(response.headers.get('retry-after'));
    if (response.ok) {
      const answer = new Uint8Array(await response.arrayBuffer());
      // Most are empty, or an empty message in one.
      if (answer.length > 2) rejected = (await rejectedIn?.(answer)) ?? 0;
    }
    status = response.status;
  } catch {
    // No answer: status 0, to be tried again. An answer whose body broke off counts as none too.
  }
  return [status, wait, rejected];
}

/**
 * @param {number} id
 * @param {number} at where the body stands in the crate's memory
 * @param {number} length
 * @param {number} way
 */
export async function send(id, at, length, way) {
  if (way === KEEP) {
    const body = bytesAt(at, length).slice();
    keep(id, body);
    exchange(body, way);
    return;
  }
  disarm();
  underWay++;
  const room = spare.length < length ? new Uint8Array(length) : spare;
  spare = new Uint8Array();
  room.set(bytesAt(at, length));
  const sender = target;
  const answer = await exchange(room.subarray(0, length), way);
  spare = room;
  underWay--;
  // Tracing may have ended and begun again meanwhile, with requests of its own.
  if (answer && sender === target) call('answered', id, ...answer, Math.random());
}
