// The states of the shell: off, starting, on; and the guard that switches off when a crate call fails.

export const OFF = 0;
export const STARTING = 1;
export const ON = 2;

/** Operations that wait for the crate. Past this many they count as dropped. */
const MOST_WAITING = 1000;

export let state: 0 | 1 | 2 = OFF;
const waiting: (() => void)[] = [];
/** Spans that began while the queue was full. */
export let overflowed = 0;
let onTrap = () => {};

export function setState(next: 0 | 1 | 2): void {
  state = next;
  if (next !== ON) overflowed = 0;
}

/** What to do, once, after a crate call threw: detach from the page. */
export function setTrapHandler(handler: () => void): void {
  onTrap = handler;
}

/** Keeps an operation until the crate is there. False when there is no room, which an `urgent` one does not need. */
export function later(operation: () => void, urgent?: boolean): boolean {
  if (waiting.length >= MOST_WAITING && !urgent) return false;
  waiting.push(operation);
  return true;
}

/** Does something now or, while tracing starts, when the crate is there. */
export function soon(operation: () => void, urgent?: boolean): void {
  if (state === STARTING) later(operation, urgent);
  else operation();
}

/** Counts a span that found no room among the waiting operations. */
export function overflow(): void {
  overflowed++;
}

/** Takes the waiting operations: to run them, or to forget them. */
export function takeWaiting(): (() => void)[] {
  return waiting.splice(0);
}

/** A crate call threw: its state cannot be trusted, so it is never called again in this page. */
export function trap(error: unknown): void {
  if (state === OFF) return;
  state = OFF;
  takeWaiting();
  try {
    onTrap();
    console.warn('tracelink: stopped after an internal error', error);
  } catch {
    // A page that breaks its console or its listeners must not hear of us.
  }
}

/** Runs crate calls; undefined when tracing is not on, or when they fail. */
export function guard<T>(work: () => T): T | undefined;
/** Runs crate calls; `otherwise` when tracing is not on, or when they fail. */
export function guard<T>(work: () => T, otherwise: T): T;
export function guard<T>(work: () => T, otherwise?: T): T | undefined {
  if (state === ON) {
    try {
      return work();
    } catch (error) {
      trap(error);
    }
  }
  return otherwise;
}
