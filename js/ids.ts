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

/** Words as eight lower-case hex digits each. */
export function hex(...values: number[]): string {
  return values.map((value) => (value >>> 0).toString(16).padStart(8, '0')).join('');
}

/** The words of hex digits, which may have other characters between them. */
export function words(text: string): number[] {
  return (text.match(/[\da-f]{8}/g) ?? []).map((digits) => Number.parseInt(digits, 16));
}
