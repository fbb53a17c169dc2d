// Rewrites the names of a wasm module's imports and exports; everything else keeps its bytes.

const IMPORTS = 2;
const EXPORTS = 7;
/** Where all imports stand in the object that the module is instantiated with. */
export const MODULE = 'a';

/** Unsigned LEB128. */
const number = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...number(value >>> 7)]);

const text = (value) => [...number(value.length), ...Buffer.from(value)];

function readNumber(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at.at++];
    value |= (byte & 127) << shift;
    if (byte < 128) return value >>> 0;
  }
}

function readText(bytes, at) {
  const length = readNumber(bytes, at);
  at.at += length;
  return Buffer.from(bytes.subarray(at.at - length, at.at)).toString();
}

/** Reads over what an import is; its bytes are kept. */
function skipType(bytes, at) {
  const limits = () => {
    const bounded = bytes[at.at++] & 1;
    readNumber(bytes, at);
    if (bounded) readNumber(bytes, at);
  };
  switch (bytes[at.at++]) {
    case 0:
      readNumber(bytes, at);
      break;
    case 1:
      at.at++;
      limits();
      break;
    case 2:
      limits();
      break;
    default:
      at.at += 2;
  }
}

function renameImports(bytes, nameOf) {
  const at = { at: 0 };
  const out = [];
  const count = readNumber(bytes, at);
  for (let left = count; left > 0; left--) {
    readText(bytes, at);
    const name = readText(bytes, at);
    const start = at.at;
    skipType(bytes, at);
    out.push(...text(MODULE), ...text(nameOf(name)), ...bytes.subarray(start, at.at));
  }
  return [...number(count), ...out];
}

function renameExports(bytes, nameOf) {
  const at = { at: 0 };
  const kept = [];
  for (let left = readNumber(bytes, at); left > 0; left--) {
    const name = nameOf(readText(bytes, at));
    const kind = bytes[at.at++];
    const index = readNumber(bytes, at);
    if (name !== undefined) kept.push([...text(name), kind, ...number(index)]);
  }
  return [...number(kept.length), ...kept.flat()];
}

/** The module with other names; an export without one is left out. */
export function renamed(bytes, { importName, exportName }) {
  const out = [...bytes.subarray(0, 8)];
  const at = { at: 8 };
  while (at.at < bytes.length) {
    const id = bytes[at.at++];
    const length = readNumber(bytes, at);
    const section = bytes.subarray(at.at, at.at + length);
    at.at += length;
    let body = section;
    if (id === IMPORTS) body = renameImports(section, importName);
    if (id === EXPORTS) body = renameExports(section, exportName);
    out.push(id, ...number(body.length), ...body);
  }
  return Uint8Array.from(out);
}
