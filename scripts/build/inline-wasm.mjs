// How `tracelink/inline` carries its wasm: as a string with one character a byte.
//
// The file is UTF-8, so bytes from 0x80 take two; after gzip that is a few per cent more than the binary, where
// base64 is a third more. Only what a JavaScript string cannot hold as it is gets escaped.
import { readFile } from 'node:fs/promises';

const ESCAPES = { '\\': '\\\\', "'": "\\'", '\n': '\\n', '\r': '\\r', '\0': '\\0' };

export function byteString(bytes) {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  // \0 before a digit would be an octal escape.
  const escaped = text.replace(/\0(?=\d)|[\\'\n\r\0]/g, (char, at) =>
    char === '\0' && /\d/.test(text[at + 1] ?? '') ? '\\x00' : ESCAPES[char],
  );
  return `'${escaped}'`;
}

/** esbuild plugin: `import bytes from './x.wasm'` gives a function that decodes the file's bytes. */
export const inlineWasm = {
  name: 'inline-wasm',
  setup(build) {
    build.onLoad({ filter: /\.wasm$/ }, async ({ path }) => ({
      loader: 'js',
      contents: `const text = ${byteString(await readFile(path))};
export default () => Uint8Array.from(text, (char) => char.charCodeAt(0));`,
    }));
  },
};
