// Random words for ids, drawn from the browser's generator in blocks.

const pool = new Uint32Array(1024);
let next = pool.length;

/** A random word that is not zero, so that no id made of words is all zero. */
export function word(): number {
  if (next >= pool.length) {
    crypto.getRandomValues(pool);
    next = 0;
  }
  return pool[next++] || word();
}

/** A word as eight lower-case hex digits. */
export function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

/** The words of a hex string. */
export function words(text: string): number[] {
  const result = [];
  for (let at = 0; at < text.length; at += 8)
    result.push(Number.parseInt(text.slice(at, at + 8), 16));
  return result;
}
