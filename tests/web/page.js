// What the crate's browser tests need of JavaScript.

export const object = (json) => JSON.parse(json);
export const get = (of, key) => of?.[key];
export const read = (memory, address, length) =>
  new Uint8Array(memory.buffer, address, length).slice();
