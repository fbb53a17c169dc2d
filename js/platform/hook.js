// The way back into the crate, its clock and its one timer.

let hook;
/** @type {{ buffer: ArrayBuffer }} */
let memory;
let timer;
/** What is to be written before anything is sent. @type {((hidden: boolean) => void)[]} */
const before = [];

/**
 * Whom the browser's events call, as `hook(name, ...arguments)`: an export of the crate, guarded.
 * @param {(name: string, ...args: unknown[]) => void} callback
 * @param {any} exports of the crate
 */
export function connectHook(callback, exports) {
  hook = callback;
  memory = exports.memory;
  clearTimeout(timer);
}

/**
 * Bytes in the crate's memory, which moves: to be copied at once.
 * @param {number} at
 * @param {number} length
 */
export function bytesAt(at, length) {
  return new Uint8Array(memory.buffer, at, length);
}

/**
 * Calls an export of the crate.
 * @param {string} name
 * @param {unknown[]} args
 */
export function call(name, ...args) {
  return hook?.(name, ...args);
}

/**
 * Remembers what has to be written before anything is sent; `hidden`: the page may be gone after that.
 * @param {(hidden: boolean) => void} work
 */
export function beforeSending(work) {
  before.push(work);
}

/**
 * Has that written; `hidden`: nothing comes after it.
 * @param {boolean} hidden
 */
export function prepareToSend(hidden) {
  for (const work of before) work(hidden);
}

/**
 * Calls an export of the crate that sends.
 * @param {'tick' | 'flush' | 'pageHidden'} name
 * @param {number} [gone]
 */
export function callToSend(name, gone) {
  prepareToSend(name === 'pageHidden');
  call(name, gone);
}

export function now() {
  return performance.now();
}

/** @param {number} ms at most what a timer takes, 2^31 - 1 */
export function set_timer(ms) {
  clearTimeout(timer);
  timer = setTimeout(callToSend, ms, 'tick');
}

export function report_soon() {
  queueMicrotask(() => call('report'));
}
