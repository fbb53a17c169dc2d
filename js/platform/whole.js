// The crate without the shell: its exports tied to the browser, and the calls that take JavaScript values.
//
// For those who use `pkg/` alone. A span here is a handle of the crate; nothing is retried, replayed or guarded.

import { describeAnswer, describeRequest, openRequest, sendRequest } from './fetch.js';
import { connectHook, now } from './hook.js';
import { watchLife } from './lifecycle.js';
import { copyText, messageContext, textOf, writeCarriers } from './message.js';
import { endWithLoad, serverContexts } from './page.js';

/** The crate's number of `internal` and `client`. */
const INTERNAL = 1;
const CLIENT = 3;
/** A decision was made, it is to record, and the parent is in another process: bits of src/tracer/spans.rs. */
const DECIDED = 4;
const SAMPLED = 1;
const REMOTE = 8;
const MOST_RESOURCES = 50;
/** What is set, as src/tracer/attributes.rs numbers it; the status `error`, and what an event is put together under. */
const STRING = 0;
const NUMBER = 1;
const BOOL = 2;
const STATUS = 7;
const EVENT = 9;
const FINISH = 10;
const PAGE = 12;
const ERROR = 2;
const ITEM = -1;

/** @type {any} */
let crate;

/** @param {number} at */
const scratch = (at) => new Uint8Array(crate.memory.buffer, crate.scratch() + at, 32768 - at);

/**
 * Writes texts one after the other where the crate reads them; returns their lengths.
 * @param {string[]} texts
 */
function put(...texts) {
  let at = 0;
  return texts.map((text) => {
    const { written } = new TextEncoder().encodeInto(text.slice(0, 8192), scratch(at));
    at += written;
    return written;
  });
}

/** @param {number} length of what the last call wrote */
function output(length) {
  return new TextDecoder()
    .decode(new Uint8Array(crate.memory.buffer, crate.outputAddress(), length))
    .split('\0');
}

/** @param {string} text */
const words = (text) => (text.match(/.{8}/g) ?? []).map((hex) => Number.parseInt(hex, 16));

/** A span as the browser functions want it. */
class Span {
  /**
   * @param {string} name
   * @param {number} kind
   * @param {number} time
   * @param {number[]} trace
   * @param {number[]} parent
   * @param {number} flags
   */
  constructor(name, kind, time, trace, parent, flags) {
    this._trace = trace;
    this._id = crypto.getRandomValues(new Uint32Array(2));
    this._offset = crate.compareClocks(Date.now() - performance.timeOrigin - now());
    const [length] = put(name);
    this._handle = crate.start(
      ...trace,
      ...this._id,
      ...parent,
      flags,
      -length,
      kind,
      time,
      this._offset,
    );
    this._flags = this._handle < 0 ? 0 : this._handle > 0 ? DECIDED | SAMPLED : DECIDED;
  }

  /**
   * @param {string} key
   * @param {any} value
   */
  setAttribute(key, value) {
    const [keyLength, length] = put(key, `${value}`);
    if (typeof value === 'number') crate.set(this._handle, -keyLength, NUMBER, value);
    else if (typeof value === 'boolean') crate.set(this._handle, -keyLength, BOOL, value ? 1 : 0);
    else crate.set(this._handle, -keyLength, STRING, length);
  }

  setStatus() {
    crate.set(this._handle, ERROR, STATUS, 0);
  }

  /**
   * @param {string} name
   * @param {undefined} _attributes
   * @param {number} time
   */
  addEvent(name, _attributes, time) {
    const [length] = put(name);
    crate.set(ITEM, -length, EVENT, time + this._offset);
    crate.set(this._handle, 0, FINISH, 0);
  }

  /**
   * @param {string} name
   * @param {{ startTime: number, attributes: Record<string, any> }} options
   */
  child(name, { startTime, attributes }) {
    const span = new Span(name, INTERNAL, startTime, this._trace, [...this._id], this._flags);
    for (const key of Object.keys(attributes)) span.setAttribute(key, attributes[key]);
    return span;
  }

  /** @param {number} time */
  _end(time) {
    crate.end(this._handle, time);
  }

  end() {
    this._end(now());
  }
}

/**
 * The carriers to write for a span, beside what is there already.
 * @param {Span} span
 * @param {string} existing baggage
 * @param {number} bits
 */
function carriersOf({ _trace, _id, _flags }, existing = '', bits = 0) {
  const [length] = put(existing);
  return output(crate.carriers(..._trace, ..._id, _flags, 0, 0, length, 0, bits, Number.NaN));
}

const newTrace = () => [...crypto.getRandomValues(new Uint32Array(4))];

/**
 * Lets the browser's events call the crate, and starts a tracer with default options.
 * @param {any} exports of the wasm instance
 * @param {(name: string, ...args: unknown[]) => void} [hook] calls the export of that name; the default does only that
 */
export function install(exports, hook = (name, ...args) => exports[name]?.(...args)) {
  crate = exports;
  connectHook(hook, exports);
  crate.create(performance.timeOrigin);
  watchLife(true);
}

/** The span of the document's load below the context that its server left; it ends by itself. Returns its handle. */
export function tracePageLoad() {
  let [trace, parent, flags] = [newTrace(), [0, 0], 0];
  for (const { carriers, stale } of serverContexts()) {
    const { traceparent, tracestate, baggage, 'sentry-trace': sentry } = carriers;
    const lengths = put(traceparent, tracestate, baggage, sentry);
    const found = stale ? 0 : crate.readCarriers(...lengths);
    if (found === 0) continue;
    const [context, , , bits] = output(crate.contextAt(found - 1, 1));
    trace = words(context.slice(3, 35));
    parent = words(context.slice(36, 52));
    flags = REMOTE | ((bits.charCodeAt(0) - 48) & 15);
    break;
  }
  const span = new Span('documentLoad', INTERNAL, 0, trace, parent, flags);
  if (span._handle > 0) {
    crate.set(span._handle, 0, PAGE, 0);
    endWithLoad(span, MOST_RESOURCES);
  }
  return span._handle;
}

/**
 * fetch with a client span of its own trace, and headers for the page's own origin. What fetch would throw or reject with
 * becomes the rejection.
 * @param {RequestInfo | URL} input
 * @param {RequestInit} [init]
 */
export function tracedFetch(input, init) {
  const time = now();
  let opened;
  try {
    opened = openRequest([input, init]);
  } catch (error) {
    return Promise.reject(error);
  }
  /** @type {string[]} */
  let headers = [];
  if (!opened._ignored) {
    const span = new Span(opened._name, CLIENT, time, newTrace(), [0, 0], 0);
    if (opened._propagates) headers = carriersOf(span, opened._baggage, opened._bits);
    if (span._handle > 0) {
      describeRequest(span, opened, time);
      opened._end = (status, error, end) => describeAnswer(span, status, error, end);
    }
  }
  try {
    return sendRequest(opened, headers);
  } catch (error) {
    return Promise.reject(error);
  }
}

/**
 * Puts a message where the crate scans it; returns how many contexts it holds.
 * @param {unknown} message
 */
function scan(message) {
  const text = textOf(message);
  let length = copyText(text, scratch(0));
  while (length < 0) {
    const bytes = -length;
    const at = crate.inbox(bytes);
    length = copyText(text, new Uint8Array(crate.memory.buffer, at, bytes));
  }
  return crate.scan(length, false);
}

/** @param {number} index */
const contextAt = (index) => messageContext(output(crate.contextAt(index, true)));

/**
 * The latest valid context in a message, or null.
 * @param {unknown} message
 */
export function extractMessageContext(message) {
  const count = scan(message);
  return count > 0 ? contextAt(count - 1) : null;
}

/**
 * The valid contexts of a message in order.
 * @param {unknown} message
 */
export function extractMessageContexts(message) {
  return Array.from({ length: scan(message) }, (_, index) => contextAt(index));
}

/**
 * A span of its own trace.
 * @param {string} name
 */
export function startSpan(name) {
  return new Span(name, INTERNAL, now(), newTrace(), [0, 0], 0);
}

/**
 * Adds the carriers of a span to a message object that has no context yet, and returns it.
 * @param {unknown} message
 * @param {Span} span
 */
export function injectMessageContext(message, span) {
  if (scan(message) === 0) writeCarriers(message, carriersOf(span));
  return message;
}
