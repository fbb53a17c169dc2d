/** What the build makes of an imported wasm file (scripts/build/inline-wasm.mjs): a function that decodes its bytes. */
declare module '*.wasm' {
  const bytes: () => Uint8Array<ArrayBuffer>;
  export default bytes;
}
