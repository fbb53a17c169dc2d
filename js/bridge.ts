// Text and values on their way into the crate: one scratch buffer in its memory, names and keys as numbers.

import type { InitOutput } from '../pkg/tracelink.js';
import { copyOf } from './given.ts';
import { copyText, decoder, encoder } from './platform/message.js';
import { guard, ON, state, trap } from './state.ts';
import type { AttributeValue } from './types.d.ts';

/** Size of the crate's scratch buffer, and the longest text that is handed over: the limits cut it further. */
const SCRATCH = 32768;
export const MOST_CHARACTERS = 8192;
/** Up to this length a loop beats the encoder. */
const SHORT = 96;
/** Names longer than this are not worth remembering. */
const MOST_NAME = 256;

/** Attributes or links in one call; the limits of a span keep fewer. */
export const MOST_GIVEN = 1000;

/** Handles that name something else than a span. */
export const ITEM = -1;
export const RESOURCE = -2;
export const DEFAULTS = -3;
const ELEMENTS = -4;

/** What is set, as src/tracer/attributes.rs numbers it. */
const PRIMITIVES = ['string', 'number', 'boolean'];
const ARRAY = 3;
export const NOTHING = 4;
const REFUSED = 5;
export const NAME = 6;
export const STATUS = 7;
export const TRACE_STATE = 8;
export const EVENT = 9;
export const FINISH = 10;
const BEGIN_ARRAY = 11;
export const PAGE = 12;

let names = new Map<string, number>();
/** The crate's exports, once it is there: called directly, since numbers need no glue. */
export let crate: InitOutput;
let bytes = new Uint8Array();

/** Connects to a freshly instantiated crate. */
export function connect(exports: InitOutput): void {
  crate = exports;
  names = new Map();
  bytes = new Uint8Array();
}

/** The scratch buffer. */
export function room(): Uint8Array {
  // It is a new crate, or its memory grew and the old view came loose.
  if (bytes.length === 0) bytes = new Uint8Array(crate.memory.buffer, crate.scratch(), SCRATCH);
  return bytes;
}

/** Writes text, or so much of it from a place on, at a position of the scratch buffer; returns the bytes it took. */
export function put(text: string, at: number, from = 0, length = text.length): number {
  const bytes = room();
  if (length <= SHORT) {
    let seen = 0;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(from + index);
      seen |= code;
      bytes[at + index] = code;
    }
    if (seen < 128) return length;
  }
  const cut = length > MOST_CHARACTERS ? text.slice(0, MOST_CHARACTERS) : text;
  return encoder.encodeInto(cut, bytes.subarray(at)).written;
}

/** Writes several texts one after the other; returns their lengths. */
export function putAll(...texts: string[]): number[] {
  let at = 0;
  return texts.map((text) => {
    const length = put(text, at);
    at += length;
    return length;
  });
}

/** Puts text where the crate scans it; returns its bytes. The caller guards. */
export function handOver(text: string | Uint8Array | undefined): number {
  let length = copyText(text, room());
  // A getter of the page may have ended tracing: then there is no room.
  while (length < 0 && state === ON) {
    const bytes = -length;
    const at = crate.inbox(bytes);
    length = copyText(text, new Uint8Array(crate.memory.buffer, at, bytes));
  }
  return length;
}

/** The crate's number of a name or key; a new one that finds no room stands in the scratch buffer, as minus its length. */
export function token(text: string): number {
  const known = names.get(text);
  if (known !== undefined) return known;
  const length = put(text, 0);
  if (text.length > MOST_NAME) return -length;
  const number = crate.intern(length);
  if (number > 0) names.set(text, number);
  return number;
}

/** Sets an attribute of a span, an item, the resource or the defaults. Null and undefined are passed over. */
export function setAttribute(target: number, key: string, value: unknown): void {
  try {
    const type = PRIMITIVES.indexOf(typeof value);
    if (type >= 0) {
      const number = token(key);
      // Text stands behind the key, if that stands there too.
      crate.set(
        target,
        number,
        type,
        type ? Number(value) : put(value as string, number < 0 ? -number : 0),
      );
    } else if (Array.isArray(value)) {
      // Of one primitive type; nulls in it and mixtures are refused.
      const kind = typeof value[0];
      if (value.some((item) => typeof item !== kind || !PRIMITIVES.includes(kind)))
        return crate.set(target, 0, REFUSED, 0);
      crate.set(0, 0, BEGIN_ARRAY, 0);
      // Elements over the limit are not even looked at.
      for (const item of value.slice(0, 128)) setAttribute(ELEMENTS, key, item);
      crate.set(target, token(key), ARRAY, 0);
    } else if (value !== null && value !== undefined) {
      crate.set(target, 0, REFUSED, 0);
    }
  } catch (error) {
    trap(error);
  }
}

/**
 * Reads the page's attributes one by one, each once: into a list, or else straight into what `target` names. A getter
 * that throws leaves its attribute out.
 */
export function readAttributes(
  attributes: object | null | undefined,
  target: number,
  list?: [string, unknown][],
): void {
  if (typeof attributes !== 'object' || !attributes) return;
  try {
    let left = MOST_GIVEN;
    // Rather than over a list of the keys: engines read each where they found its name.
    for (const key in attributes) {
      if (!Object.hasOwn(attributes, key)) continue;
      if (left-- === 0) return;
      let value: unknown;
      try {
        value = copyOf((attributes as Record<string, unknown>)[key]);
      } catch {
        // The page's getter failed; that attribute is missing.
        continue;
      }
      if (list) list.push([key, value]);
      else setAttribute(target, key, value);
    }
  } catch {
    // A proxy that does not want to be read.
  }
}

/** A copy of attributes that no later change and no getter reaches. */
export function snapshot(attributes: object | null | undefined): [string, AttributeValue][] {
  const entries: [string, AttributeValue][] = [];
  readAttributes(attributes, 0, entries);
  return entries;
}

/** Sets many attributes. */
export function setAttributes(target: number, entries: [string, unknown][]): void {
  for (const [key, value] of entries) setAttribute(target, key, value);
}

/** A view of what a call of the crate wrote to its output. */
function written(write: () => number): Uint8Array<ArrayBuffer> {
  const length = write();
  return new Uint8Array(crate.memory.buffer as ArrayBuffer, crate.outputAddress(), length);
}

/** A copy of what a call of the crate wrote to its output; empty when the call failed. */
export function output(write: () => number): Uint8Array<ArrayBuffer> {
  return guard(() => written(write).slice(), new Uint8Array());
}

/** Output as text. */
function outputText(write: () => number): string {
  return guard(() => decoder.decode(written(write)), '');
}

/** Output as texts that NUL separates. */
export function parts(write: () => number): string[] {
  return outputText(write).split('\0');
}
