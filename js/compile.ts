// Compiles the crate from bytes: at once where the browser allows it.

import type { Wasm } from './load.ts';

/** Some engines compile only small modules on the main thread. */
export function compile(bytes: BufferSource): Wasm {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return WebAssembly.compile(bytes);
  }
}
