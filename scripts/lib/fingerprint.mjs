// Whether a build step has to run: its inputs' contents, hashed, against what they were when it last succeeded.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';

const STAMPS = join(root, '.tmp', 'built');

function* filesBelow(path, skip) {
  if (!existsSync(path) || skip.includes(path)) return;
  if (statSync(path).isFile()) {
    yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) {
    if (name !== 'node_modules') yield* filesBelow(join(path, name), skip);
  }
}

function fingerprint(inputs, skip) {
  const hash = createHash('sha256');
  for (const input of inputs) {
    for (const file of filesBelow(join(root, input), skip)) {
      const content = readFileSync(file);
      hash.update(`${file.slice(root.length)}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
}

/**
 * Runs `work` unless all outputs are there and no input changed since it last ended well. Tells whether it ran. Inputs that
 * the work itself `writes` count as it leaves them.
 */
export async function whenChanged(name, { inputs, skip = [], writes = [], outputs }, work) {
  const stamp = join(STAMPS, name);
  const paths = (list) => list.map((path) => join(root, path));
  const given = fingerprint(inputs, paths([...skip, ...writes]));
  const now = () => [given, fingerprint(writes, [])].join(' ');
  const before = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (before === now() && outputs.every((output) => existsSync(join(root, output)))) return false;
  rmSync(stamp, { force: true });
  await work();
  mkdirSync(STAMPS, { recursive: true });
  writeFileSync(stamp, now());
  return true;
}
