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

/**
 * Called while the crate is at work, so nothing may throw here.
 * @param {number} value
 * @param {Uint8Array} out
 */
export function number_text(value, out) {
  try {
    const text = `${value}`;
    for (let at = 0; at < text.length; at++) out[at] = text.charCodeAt(at);
    return text.length;
  } catch {
    return 0;
  }
}
