// Rewrites the names of a wasm module's imports and exports; everything else keeps its bytes.
import { importsOf, moduleOf, number, Reader, sectionsOf, text } from '../lib/wasm-binary.mjs';

const IMPORTS = 2;
const EXPORTS = 7;
/** Where all imports stand in the object that the module is instantiated with. */
export const MODULE = 'a';

function renameImports(content, nameOf) {
  const imports = importsOf(content);
  const entries = imports.map(({ name, type }) => [
    ...text(MODULE),
    ...text(nameOf(name)),
    ...type,
  ]);
  return [...number(imports.length), ...entries.flat()];
}

function renameExports(content, nameOf) {
  const reader = new Reader(content);
  const exports = reader.list(() => ({
    name: nameOf(reader.text()),
    kind: reader.byte(),
    index: reader.number(),
  }));
  const kept = exports.filter(({ name }) => name !== undefined);
  const entries = kept.map(({ name, kind, index }) => [...text(name), kind, ...number(index)]);
  return [...number(kept.length), ...entries.flat()];
}

/** The module with other names; an export without one is left out. */
export function renamed(bytes, { importName, exportName }) {
  const contentOf = ({ id, content }) => {
    if (id === IMPORTS) return renameImports(content, importName);
    return id === EXPORTS ? renameExports(content, exportName) : content;
  };
  const sections = sectionsOf(bytes);
  return moduleOf(sections.map((section) => ({ id: section.id, content: contentOf(section) })));
}
