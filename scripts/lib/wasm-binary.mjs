// WebAssembly's binary format (core specification, chapter 5): numbers, texts, sections, imports.

/** An unsigned number as LEB128. */
export const number = (value) =>
  value < 128 ? [value] : [(value & 127) | 128, ...number(value >>> 7)];

export const text = (value) => [...number(value.length), ...Buffer.from(value)];

export class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++];
  }

  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  }

  /** The bytes of something that stands behind its length. */
  sized() {
    const length = this.number();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  text() {
    return new TextDecoder().decode(this.sized());
  }

  /** What `read` gives for each of a counted list. */
  list(read) {
    return Array.from({ length: this.number() }, read);
  }
}

/** The sections in their order, each with its content. */
export function sectionsOf(bytes) {
  const reader = new Reader(bytes, 8);
  const sections = [];
  while (reader.at < bytes.length) sections.push({ id: reader.byte(), content: reader.sized() });
  return sections;
}

/** The module made of these sections. */
export const moduleOf = (sections) =>
  Buffer.concat([
    Buffer.from('\0asm\x01\0\0\0'),
    ...sections.flatMap(({ id, content }) => [
      Buffer.from([id, ...number(content.length)]),
      Buffer.from(content),
    ]),
  ]);

/** What an import section lists; `type` is its kind and type as they stand in the file. */
export function importsOf(content) {
  const reader = new Reader(content);
  const limits = () => {
    const bounded = reader.byte() & 1;
    reader.number();
    if (bounded) reader.number();
  };
  return reader.list(() => {
    const [, name] = [reader.text(), reader.text()];
    const start = reader.at;
    const kind = reader.byte();
    if (kind === 0) reader.number();
    else if (kind === 3) reader.at += 2;
    else {
      if (kind === 1) reader.at++;
      limits();
    }
    return { name, isFunction: kind === 0, type: content.subarray(start, reader.at) };
  });
}
