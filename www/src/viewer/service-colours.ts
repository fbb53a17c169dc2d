// Gives each service a colour that it keeps from trace to trace, without two alike in one trace.

/** The classes colour-0 … colour-7 of shared-styles.ts. */
const COLOURS = 8;

export function serviceColours(services: Iterable<string>): Map<string, number> {
  const colours = new Map<string, number>();
  const taken = new Set<number>();
  for (const service of [...new Set(services)].sort()) {
    let colour = hash(service) % COLOURS;
    for (let tries = 0; taken.has(colour) && tries < COLOURS; tries += 1) {
      colour = (colour + 1) % COLOURS;
    }
    taken.add(colour);
    colours.set(service, colour);
  }
  return colours;
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return value >>> 0;
}
