// Takes the network away: requests are answered at once, and their bodies counted.

let bytes = 0;
let requests = 0;

export function swallow() {
  globalThis.fetch = async (_url, { body }) => {
    requests++;
    bytes += body.length;
    return new Response();
  };
}

/** Bytes and requests since the last look. */
export function swallowed() {
  const result = { bytes, requests };
  bytes = 0;
  requests = 0;
  return result;
}
