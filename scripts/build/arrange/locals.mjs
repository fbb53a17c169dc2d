// The names of one letter that the variables inside a statement may have: what they stand for ends with it.
import { analyze } from 'eslint-scope';

/** Those that minifiers take first, and so every other statement has. */
const USUAL = [...'etrnioasculfdp'];

/** What stands for a key and for a variable at once cannot have another name. */
function* writtenOnce(node) {
  if (node.shorthand) yield node.key.name;
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value])
      if (typeof child?.type === 'string') yield* writtenOnce(child);
}

/** For each of these nodes of a module, parsed with ranges: the places of its own variables, and the names they may have. */
export function localsOf(program, nodes) {
  const { scopes } = analyze(program, { ecmaVersion: 2022, sourceType: 'module' });
  const inner = scopes.filter(({ type }) => type !== 'global' && type !== 'module');
  return nodes.map((node) => {
    const own = inner.filter(({ block }) => block.start >= node.start && block.end <= node.end);
    const places = new Map();
    for (const { identifiers, references } of own.flatMap(({ variables }) => variables))
      for (const { start, name } of [...identifiers, ...references.map((one) => one.identifier)])
        places.set(start, name);
    const outside = own
      .flatMap(({ references }) => references.map(({ identifier }) => identifier))
      .filter(({ start }) => !places.has(start));
    const fixed = new Set([...outside.map(({ name }) => name), ...writtenOnce(node)]);
    const mayChange = (name) => name.length === 1 && !fixed.has(name);
    return {
      places: [...places].filter(([, name]) => mayChange(name)).map(([start]) => start),
      names: [...new Set([...places.values(), ...USUAL])].filter(mayChange),
    };
  });
}
