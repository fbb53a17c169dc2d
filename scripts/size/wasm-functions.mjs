// The functions of a WebAssembly module with their names and sizes, read from its code and name sections.

class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  text() {
    const length = this.number();
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
  }
}

function sectionsOf(bytes) {
  const reader = new Reader(bytes, 8);
  const sections = [];
  while (reader.at < bytes.length) {
    const id = bytes[reader.at++];
    const length = reader.number();
    sections.push({ id, start: reader.at, end: reader.at + length });
    reader.at += length;
  }
  return sections;
}

/** Imported functions come first in the index space; only limits and types have to be skipped to count them. */
function countImportedFunctions(bytes, { start }) {
  const reader = new Reader(bytes, start);
  let functions = 0;
  for (let left = reader.number(); left > 0; left--) {
    reader.text();
    reader.text();
    const kind = bytes[reader.at++];
    if (kind === 0) {
      reader.number();
      functions++;
    } else if (kind === 3) {
      reader.at += 2;
    } else {
      if (kind === 1) reader.at++;
      const bounded = bytes[reader.at++] & 1;
      reader.number();
      if (bounded) reader.number();
    }
  }
  return functions;
}

function functionNames(bytes, sections) {
  const names = new Map();
  for (const { start, end } of sections.filter((section) => section.id === 0)) {
    const reader = new Reader(bytes, start);
    if (reader.text() !== 'name') continue;
    while (reader.at < end) {
      const part = bytes[reader.at++];
      const length = reader.number();
      const next = reader.at + length;
      if (part === 1) {
        for (let left = reader.number(); left > 0; left--)
          names.set(reader.number(), reader.text());
      }
      reader.at = next;
    }
  }
  return names;
}

/** { functions: [{ name, bytes }], data, total }, all in bytes before compression. */
export function wasmFunctions(bytes) {
  const sections = sectionsOf(bytes);
  const section = (id) => sections.find((one) => one.id === id);
  const names = functionNames(bytes, sections);
  const imported = section(2) ? countImportedFunctions(bytes, section(2)) : 0;
  const functions = [];
  const reader = new Reader(bytes, section(10).start);
  const count = reader.number();
  for (let i = 0; i < count; i++) {
    const length = reader.number();
    functions.push({ name: names.get(imported + i) ?? '', bytes: length });
    reader.at += length;
  }
  const data = section(11) ? section(11).end - section(11).start : 0;
  return { functions, data };
}
