// The functions of a WebAssembly module with their names and sizes, read from its code and name sections.
import { importsOf, Reader, sectionsOf } from '../lib/wasm-binary.mjs';

/** The numbers and names of functions that name sections list. */
function functionNames(sections) {
  const names = new Map();
  for (const { content } of sections.filter(({ id }) => id === 0)) {
    const reader = new Reader(content);
    if (reader.text() !== 'name') continue;
    while (reader.at < content.length) {
      const part = reader.byte();
      const entries = new Reader(reader.sized());
      if (part === 1) entries.list(() => names.set(entries.number(), entries.text()));
    }
  }
  return names;
}

/** { functions: [{ name, bytes }], data }, all in bytes before compression. */
export function wasmFunctions(bytes) {
  const sections = sectionsOf(bytes);
  const contentOf = (wanted) => sections.find(({ id }) => id === wanted)?.content;
  const names = functionNames(sections);
  const imports = contentOf(2) ? importsOf(contentOf(2)) : [];
  const imported = imports.filter(({ isFunction }) => isFunction).length;
  const code = new Reader(contentOf(10));
  const sizes = code.list(() => code.sized().length);
  const functions = sizes.map((size, at) => ({
    name: names.get(imported + at) ?? '',
    bytes: size,
  }));
  return { functions, data: contentOf(11)?.length ?? 0 };
}
