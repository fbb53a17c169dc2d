// Arrangements that no search would stop at, and texts that no build has written.

/** Numbers from 0 to 1, the same for the same seed. */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

const chooser = (next) => (list) => list[Math.floor(next() * list.length)];

/** What is reached when every change is taken, good or bad. */
export function wandered({ from, change }, steps) {
  const any = chooser(seeded(steps + 1));
  let state = from(new Map());
  for (let step = 0; step < steps; step++) state = change(state, step, any);
  return state;
}

/** What lines say by the names of their parts, as `from` takes it. */
export const linesByName = (lines) =>
  new Map(
    lines.map((line, at) => {
      const [name, ...words] = line.split(' ');
      return [name, { at, words }];
    }),
  );

/** Lines as a merge, another version or a slip of the hand may leave them. */
export function garbled(lines, next) {
  const any = chooser(next);
  const words = lines.flatMap((line) => line.split(' '));
  let text = [...lines];
  for (let change = 0; change < 1 + next() * 12; change++) {
    const at = Math.floor(next() * text.length);
    const [name = '', ...rest] = (text[at] ?? '').split(' ');
    const changed = any([
      [],
      ['<<<<<<< HEAD', text[at] ?? ''],
      [[name, ...rest.toReversed()].join(' ')],
      [name],
      [[name, ...rest.map(() => any(rest))].join(' ')],
      [[name, ...rest.slice(0, -1), rest[0], 99].join(' ')],
      [[name, any(words), any(words)].join(' ')],
      [any(lines), any(lines)],
    ]);
    text = text.toSpliced(at, 1, ...changed);
    if (change % 3 === 0) text = text.toSpliced(any([...text.keys()]) ?? 0, 0, any(lines));
  }
  return text;
}
