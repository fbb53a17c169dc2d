// The retained buffer as the page sees it: records, listeners, export. What reads spans is loaded when that is asked for.

import { crate, output } from './bridge.ts';
import { loadPart, ownUrls } from './load.ts';
import type { Parts } from './parts.ts';
import { guard, OFF, state } from './state.ts';
import type { InitOptions, SpanRecord } from './types.d.ts';

type Reader = Awaited<ReturnType<Parts['_reader']>>;

let source: Parts['_reader'];
export let reader: Reader | undefined;
/** Settles when the reader is there, or is known not to come. */
export let reading: Promise<void> | undefined;
let serviceName = '';
let listeners: ((span: SpanRecord) => void)[] = [];
/** Ended spans are printed too. */
let toConsole = false;

export function setReaderSource(given: Parts['_reader']): void {
  source = given;
}

function arrived(loaded: Reader): void {
  reader = loaded;
  if (loaded.url) ownUrls.add(loaded.url);
  deliverReports();
}

/** Loads the reader, once. Without it spans are sent as ever, but cannot be looked at. */
export function loadReader(): void {
  if (reader || reading) return;
  reading = loadPart(source, arrived)?.then(() => {
    // Nobody will ask for what ended.
    if (!reader) listen(false);
  });
}

/** How many spans a collector's answer says that it rejected; 0 when what reads it does not load. */
export async function rejectedIn(answer: Uint8Array): Promise<number> {
  try {
    return (await source()).rejected(answer);
  } catch {
    return 0;
  }
}

function listen(on: boolean): void {
  guard(() => crate.listen(Number(on)));
}

function read(unseen: 0 | 1): SpanRecord[] {
  if (!reader) return [];
  return reader.records(
    output(() => crate.retained(unseen)),
    serviceName,
  );
}

/** Empty until the reader is there: that is when the promise of `init` resolves, if the options retain spans. */
export function bufferedSpans(): SpanRecord[] {
  return read(0);
}

export function clearBuffer(): void {
  guard(() => crate.clearRetained());
}

export function exportBuffer(format?: 'json'): string;
export function exportBuffer(format: 'protobuf'): Uint8Array;
export function exportBuffer(format?: 'json' | 'protobuf'): string | Uint8Array {
  const bytes = output(() => crate.exportRetained());
  if (format === 'protobuf') return bytes;
  return reader ? reader.toJson(bytes) : '{"resourceSpans":[]}';
}

export function onSpanEnd(listener: (span: SpanRecord) => void): () => void {
  // Wrapped, so that the same function added twice is removed once.
  const entry = (span: SpanRecord) => listener(span);
  listeners = [...listeners, entry];
  listenIfWanted();
  return () => {
    listeners = listeners.filter((other) => other !== entry);
    listenIfWanted();
  };
}

function listenIfWanted(): void {
  const wanted = toConsole || listeners.length > 0;
  listen(wanted);
  if (wanted && state !== OFF) loadReader();
}

/** Calls the listeners with spans that ended since the last time. Until the reader is there, the crate keeps them. */
export function deliverReports(): void {
  reader?.report(read(1), () => listeners, toConsole);
}

/** Debug pages notice requests that start outside of what they belong to. */
export let watcher: ReturnType<Reader['watchContext']> | undefined;

export function watchIf(wanted: unknown): void {
  watcher = wanted ? reader?.watchContext(crate) : undefined;
}

/** Tracing is on: listeners of before count, and the console is one if the options say so. */
export function startReports(options: InitOptions): void {
  serviceName = options.serviceName;
  toConsole = options.debug === 'console';
  listenIfWanted();
}
