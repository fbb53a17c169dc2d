// The retained buffer as the page sees it: records, listeners, export. What reads spans is loaded when that is asked for.

import { crate, output } from './bridge.ts';
import { ownUrls } from './load.ts';
import { guard, OFF, state } from './state.ts';
import type { InitOptions, SpanRecord } from './types.d.ts';

type Reader = typeof import('./records.ts') & { url?: string };
/** Where an entry point has the reader: in itself, or in a file of its own. */
export type ReaderSource = () => Reader | Promise<Reader>;

let source: ReaderSource;
export let reader: Reader | undefined;
/** Settles when the reader is there, or is known not to come. */
export let reading: Promise<void> | undefined;
let serviceName = '';
let listeners: ((span: SpanRecord) => void)[] = [];

export function setReaderSource(given: ReaderSource): void {
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
  const loaded = source();
  if (!(loaded instanceof Promise)) return arrived(loaded);
  reading = loaded.then(arrived, (error) => {
    reading = undefined;
    listen(0);
    console.warn('tracelink: no records, because what reads spans did not load:', error);
  });
}

function listen(on: 0 | 1): void {
  guard(() => crate.listen(on));
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
  return bytes.length && reader ? reader.toJson(bytes) : '{"resourceSpans":[]}';
}

export function onSpanEnd(listener: (span: SpanRecord) => void): () => void {
  // Wrapped, so that the same function added twice is removed once.
  const entry = (span: SpanRecord) => listener(span);
  listeners = [...listeners, entry];
  listenIfWanted();
  return () => {
    listeners = listeners.filter((other) => other !== entry);
    if (listeners.length === 0) listen(0);
  };
}

function listenIfWanted(): void {
  if (state === OFF || listeners.length === 0) return;
  listen(1);
  loadReader();
}

/** Calls the listeners with spans that ended since the last time. Until the reader is there, the crate keeps them. */
export function deliverReports(): void {
  reader?.report(read(1), () => listeners);
}

let removeConsole: (() => void) | undefined;

/** Tracing is on: listeners of before count, and the console is one if the options say so. */
export function startReports(options: InitOptions): void {
  serviceName = options.serviceName;
  removeConsole?.();
  removeConsole = undefined;
  if (options.debug === 'console') removeConsole = onSpanEnd((span) => reader?.print(span));
  listenIfWanted();
}
