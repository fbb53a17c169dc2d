// The way back into the crate, its clock and its one timer.

let hook;
let timer;

/** @param {(name: string, ...args: unknown[]) => void} callback */
export function install(callback) {
  hook = callback;
  clearTimeout(timer);
}

/**
 * Calls an export of the crate, guarded by whoever installed the hook.
 * @param {string} name
 * @param {unknown[]} args
 */
export function call(name, ...args) {
  hook?.(name, ...args);
}

export function now() {
  return performance.now();
}

/** @param {number} ms */
export function set_timer(ms) {
  clearTimeout(timer);
  timer = setTimeout(call, Math.min(ms, 2147483647), 'tick');
}

export function report_soon() {
  queueMicrotask(() => call('report'));
}
