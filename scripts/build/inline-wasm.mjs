// How `tracelink/inline` carries its wasm: as a string with one character a byte.
//
// The file is UTF-8, so bytes from 0x80 take two; after gzip that is a few per cent more than the binary, where
// base64 is a third more. Only what a JavaScript string cannot hold as it is gets escaped.

const ESCAPES = { '\\': '\\\\', "'": "\\'", '\n': '\\n', '\r': '\\r', '\0': '\\0' };

export function byteString(bytes) {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  // \0 before a digit would be an octal escape.
  const escaped = text.replace(/\0(?=\d)|[\\'\n\r\0]/g, (char, at) =>
    char === '\0' && /\d/.test(text[at + 1] ?? '') ? '\\x00' : ESCAPES[char],
  );
  return `'${escaped}'`;
}

/** A module whose default export is a function that decodes the bytes. */
export const inlineModule = (bytes) => `const text = ${byteString(bytes)};
export default () => Uint8Array.from(text, (char) => char.charCodeAt(0));`;
