/** The wasm file as the inline entry point's build hands it over. */
declare module '*.wasm' {
  const bytes: () => Uint8Array<ArrayBuffer>;
  export default bytes;
}
