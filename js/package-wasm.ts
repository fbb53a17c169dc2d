// The wasm in pkg/, as wasm-pack built it, under the names of the shell: for a page that gives it to init.

import type { InitOutput } from '../pkg/tracelink.js';

/** The shell's name of each export and import by the crate's. */
declare const __NAMES__: Record<string, string>;

const nameOf = (name: string): string => __NAMES__[name] ?? name;

/** `functions`: what the crate imports, by the shell's names. Throws for a wasm that is not the crate's. */
export function instantiate(
  module: WebAssembly.Module,
  functions: Record<string, WebAssembly.ImportValue>,
): InitOutput {
  const imports: WebAssembly.Imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    // wasm-bindgen puts a hash behind names; its own imports prepare a table for values that never cross here.
    const known = functions[nameOf(name.replace(/^__wbg_|_[\da-f]{16}$/g, ''))];
    imports[from] ??= {};
    imports[from][name] = known ?? (() => {});
  }
  const { exports } = new WebAssembly.Instance(module, imports);
  const crate = Object.fromEntries(
    Object.entries(exports).map(([name, value]) => [nameOf(name), value]),
  ) as unknown as InitOutput;
  if (!crate.create) throw new Error("this wasm is not tracelink's");
  return crate;
}
