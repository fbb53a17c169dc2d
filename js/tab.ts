// What the entry point `tracelink` loads where a page has a session, or its tab flows that earlier pages left open.

import { hex, word } from './ids.ts';
import { readEvent } from './otlp.ts';
import { attributes } from './records.ts';
import type { Attributes } from './types.d.ts';

const KEY = 'tracelink';
/** Behind the flows. */
const SESSION = /;([\da-f]{32})$/;
/** Most flows of earlier pages, the latest ones. */
const MOST_FLOWS = 8;
/** The first byte of each attribute in the form that js/flow.ts keeps: field 3, with a length. */
const ATTRIBUTE = 0x1a;

type Entries = [key: string, value: unknown][];
/** A flow as it is kept, and its attributes. */
interface Kept {
  text: string;
  flow: Attributes;
}

function read(): string {
  try {
    return sessionStorage.getItem(KEY) ?? '';
  } catch {
    // There is no storage.
    return '';
  }
}

function write(text: string): void {
  try {
    if (text) sessionStorage.setItem(KEY, text);
    else sessionStorage.removeItem(KEY);
  } catch {
    // There is no storage, or no room.
  }
}

/** The flows that stand one after the other, each up to its id. What was cut off is none, nor what somebody else wrote. */
function flowsIn(text: string): Kept[] {
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const flows: Kept[] = [];
  let start = 0;
  let flow: Attributes = {};
  try {
    for (let at = 0; bytes[at] === ATTRIBUTE; ) {
      const from = at++;
      let length = 0;
      for (let shift = 0; ; shift += 7) {
        length += (bytes[at] & 127) * 2 ** shift;
        if (!(bytes[at++] > 127)) break;
      }
      at += length;
      if (!(at <= bytes.length)) break;
      Object.assign(flow, attributes(readEvent(bytes.subarray(from, at))));
      if (typeof flow['flow.id'] !== 'string') continue;
      flows.push({ text: text.slice(start, at), flow });
      start = at;
      flow = {};
    }
  } catch {
    // Up to here.
  }
  return flows;
}

// A window that another one opened begins with a copy of what that one's tab keeps.
if (self.opener && history.length < 2) write('');

/** Open since earlier pages, the latest first. */
let earlier = flowsIn(read()).slice(0, MOST_FLOWS);
write(earlier.map(({ text }) => text).join('') + (SESSION.exec(read())?.[0] ?? ''));

/**
 * The attributes of a flow that begins, `own`, which are also given as they are sent: behind those of the flow of its name
 * that is still open, and with its id.
 */
export function goOn(own: Entries, sent: string): Entries {
  const [begun] = flowsIn(sent);
  const kept = read();
  // Another page, to which the user went back or forth, may have closed it.
  const found = earlier.find(
    ({ text, flow }) => flow['flow.name'] === begun?.flow['flow.name'] && kept.includes(text),
  );
  if (!found) return own;
  const { text, flow } = found;
  earlier = earlier.filter((other) => other !== found);
  write(kept.replace(text, ''));
  return [...Object.entries(flow), ...own, ['flow.id', flow['flow.id']]];
}

/** The id of this tab's session; one for each page where the browser keeps none. Source: OpenTelemetry, "Session". */
export function sessionId(): string {
  const known = SESSION.exec(read())?.[1];
  if (known) return known;
  const fresh = hex(word(), word(), word(), word());
  write(`${read()};${fresh}`);
  return fresh;
}
