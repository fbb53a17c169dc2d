// Keeps what a search found in the repository, so that only a file is searched that is not the one it was found for.
//
// A text of one line for each part, in the order found: a hash of what lasts in the part, and what its names are. No text
// makes a wrong file: lines that fit no part are passed over, and another text is no more than another start of a search.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../../lib/paths.mjs';
import { say } from '../../lib/step.mjs';
import { packed, search } from './search.mjs';

const pathOf = (name) => join(root, 'scripts', 'build', 'arrange', 'found', `${name}.txt`);

/** The texts of the repository. */
export const FOUND = { javascript: pathOf('javascript'), wasm: pathOf('wasm') };

const TITLE =
  '# Written by npm run build and kept in git: see "arranged for gzip" in ARCHITECTURE.md.';

const sha256 = (...parts) =>
  parts.reduce((hash, part) => hash.update(part).update('\0'), createHash('sha256')).digest('hex');

/** What lines call the parts that last as `contents`: a hash, and how many parts before have the same. */
export function partNames(contents) {
  const seen = new Map();
  return contents.map((content) => {
    const hash = sha256(content).slice(0, 12);
    const before = seen.get(hash) ?? 0;
    seen.set(hash, before + 1);
    return before ? `${hash}.${before}` : hash;
  });
}

/** What lines say by the names of their parts: { at, words }, the number of the line and what follows the name. */
const byName = (lines) =>
  new Map(
    lines.map((line, at) => {
      const [name, ...words] = line.split(' ');
      return [name, { at, words }];
    }),
  );

function read(path) {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const [, seal, ...lines] = text.trimEnd().split('\n');
  return { seal, lines };
}

/** Beside and renamed: an interrupted build leaves the new text or the one before. */
function write(path, lines) {
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, `${lines.join('\n')}\n`);
  renameSync(beside, path);
}

/**
 * `file` as the text at `path` arranges it. One that was found for anything else is where a search starts, and what that
 * finds takes its place. `arrangementOf(file)`: { steps, from, lines, change, write }, where `from` gives the state that
 * `byName` of lines describes, as far as they fit, `lines` describes a state, and the others are for `search`.
 */
export function arranged(file, arrangementOf, path) {
  const arrangement = arrangementOf(file);
  const stateOf = (lines) => arrangement.from(byName(lines));
  const bytesOf = (state) => packed(arrangement.write(state));
  const sealOf = (lines) => sha256(file, String(arrangement.steps), lines.join('\n'));

  const found = read(path);
  const kept = stateOf(found.lines);
  if (found.seal === sealOf(found.lines)) return arrangement.write(kept);
  const place = relative(root, path);
  say(
    `searching for the order that gzip packs best (a minute or two), to be committed as ${place}`,
  );
  const given = stateOf([]);
  const start = bytesOf(kept) < bytesOf(given) ? kept : given;
  const lines = arrangement.lines(search(start, arrangement));
  write(path, [TITLE, sealOf(lines), ...lines]);
  return arrangement.write(stateOf(lines));
}
