// traceFlow: named user flows, whose attributes go on every span below them, also in the next pages of their tab.

import { crate, EVENT, ITEM, output, setAttributes, snapshot } from './bridge.ts';
import { textOf } from './given.ts';
import { hex, word } from './ids.ts';
import { startSpan } from './start.ts';
import { soon } from './state.ts';
import { but, runIn } from './with-span.ts';

/** Of what the crate shows, by src/tracer/inspect.rs. */
const ATTRIBUTES = 2;
/** A flow with more characters, or one that begins while the tab keeps as many of others, ends with its page. */
const MOST_KEPT = 8192;

type Tab = typeof import('./tab.ts');

/** It is there in pages that have a session, or in whose tab a flow is open since an earlier page. */
export let tab: Tab | undefined;

/** Without it no flow goes on, and there is no session. */
export function setTab(given: Tab): void {
  tab = given;
}

/** Attributes as they are sent, so redacted: the bytes of an event's, each a character; nothing, if those are many. */
function sent(entries: [string, unknown][]): string {
  const bytes = output(() => {
    crate.set(ITEM, 0, EVENT, 0);
    setAttributes(ITEM, entries);
    return crate.retained(ATTRIBUTES);
  });
  return bytes.length < MOST_KEPT ? String.fromCharCode(...bytes) : '';
}

/** Changes what the tab keeps, and returns it: its open flows, the latest first, then its session. */
export function keep(change = (kept: string) => kept): string {
  try {
    const kept = change(sessionStorage.tracelink ?? '');
    if (kept) sessionStorage.tracelink = kept;
    else delete sessionStorage.tracelink;
    return kept;
  } catch {
    // A storage that is refused or full.
    return '';
  }
}

export const traceFlow = /* @__PURE__ */ runIn(
  (name, options) => {
    const given = but(options, {});
    const own: [string, unknown][] = [
      ...snapshot(given.attributes),
      ['flow.name', textOf(name)],
      ['flow.id', hex(word(), word())],
    ];
    const span = startSpan(name, given);
    // Spans that begin below it while tracing starts have the same list.
    const flow = [...(span._flow ?? [])];
    span._flow = flow;
    soon(() => {
      flow.push(...(tab?.goOn(own, sent(own)) ?? own));
      span._do(() => setAttributes(span._handle, flow));
      const text = sent(flow);
      span._kept = text;
      keep((kept) => (kept.length < MOST_KEPT ? text + kept : kept));
    });
    return span;
  },
  (span) => {
    span.end();
    soon(() => keep((kept) => kept.replace(span._kept ?? '', '')), true);
  },
);
