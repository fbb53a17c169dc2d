// Sends OTLP requests with fetch and reports each answer once.

import { bytesAt, call } from './hook.js';
import { decoder, encoder } from './message.js';

/**
 * What writes and reads OTLP/JSON.
 * @typedef {{ toJson: (body: Uint8Array) => string, rejectedInJson: (answer: string) => number }} Json
 */

/** @type {{ url: string, headers: Record<string, string>, gzip: boolean, keepalive: boolean, json?: Json }} */
let target;

/** The memory of a body that was answered, for the next one: fresh memory costs more than what is copied into it. */
let spare = new Uint8Array();

/**
 * @param {string} url
 * @param {Record<string, string> | undefined} headers
 * @param {Json | undefined} json instead of protobuf
 * @param {boolean} gzip
 * @param {boolean} keepalive
 */
export function setEndpoint(url, headers, json, gzip, keepalive) {
  const type = json ? 'application/json' : 'application/x-protobuf';
  target = {
    url,
    headers: { 'content-type': type, ...headers },
    gzip,
    keepalive,
    json,
  };
}

/** @param {string} url */
export function isEndpoint(url) {
  return !!url && url === target?.url.split('#')[0];
}

/**
 * Milliseconds that a Retry-After header asks for, in seconds or as a date; -1 without one.
 * @param {any} value its text, or null
 */
function retryAfter(value) {
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return ms >= 0 ? ms : -1;
}

/**
 * `rejected_spans` of an ExportTraceServiceResponse; 0 when there is none or the body is something else.
 * @param {Uint8Array} answer
 */
function rejectedSpans(answer) {
  // Field 1, partial_success, a message; in it field 1, rejected_spans, a varint.
  let at = 1;
  while (answer[at] > 127) at++;
  if (answer[0] !== 10 || answer[at + 1] !== 8) return 0;
  let [count, scale] = [0, 1];
  for (at += 2; at < answer.length; at++, scale *= 128) {
    count += (answer[at] & 127) * scale;
    if (answer[at] < 128) return count;
  }
  return 0;
}

/** @param {Uint8Array<ArrayBuffer>} body */
function compress(body) {
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Response(stream).arrayBuffer();
}

/**
 * @param {number} id
 * @param {number} at where the body stands in the crate's memory
 * @param {number} length
 * @param {number} atExit
 */
export async function send(id, at, length, atExit) {
  const room = spare.length < length ? new Uint8Array(length) : spare;
  spare = new Uint8Array();
  room.set(bytesAt(at, length));
  /** @type {Uint8Array<ArrayBuffer>} */
  let body = room.subarray(0, length);
  const sender = target;
  const { url, headers, gzip, keepalive, json } = sender;
  let status = 0;
  let wait = -1;
  let rejected = 0;
  try {
    if (json) body = encoder.encode(json.toJson(body));
    const zipped =
      gzip && !atExit && body.length > 1024 ? await compress(body).catch(() => null) : null;
    const response = await fetch(url, {
      method: 'POST',
      headers: zipped ? { ...headers, 'content-encoding': 'gzip' } : headers,
      body: zipped ?? body,
      keepalive: !!atExit && keepalive,
      priority: 'low',
      // A collector that never answers must not hold up the rest. At exit Firefox ends what could be aborted.
      signal: atExit ? null : AbortSignal.timeout(30000),
    });
    wait = retryAfter(response.headers.get('retry-after'));
    if (response.ok) {
      const answer = new Uint8Array(await response.arrayBuffer());
      rejected = json ? json.rejectedInJson(decoder.decode(answer)) : rejectedSpans(answer);
    }
    status = response.status;
  } catch {
    // No answer: status 0, to be tried again. An answer whose body broke off counts as none too.
  }
  spare = room;
  // Tracing may have ended and begun again meanwhile, with requests of its own.
  if (sender === target) call('answered', id, status, wait, rejected, Math.random());
}
