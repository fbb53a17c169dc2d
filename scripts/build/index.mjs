// Building: each part in the order of its needs, and only what changed.
import { join } from 'node:path';
import { whenChanged } from '../lib/fingerprint.mjs';
import { withLock } from '../lib/lock.mjs';
import { root } from '../lib/paths.mjs';
import { say, seconds } from '../lib/step.mjs';
import { collector } from './collector.mjs';
import { shell } from './shell.mjs';
import { wasm } from './wasm.mjs';
import { www } from './www.mjs';

/** Builds the wasm package, the shell and the web app, and with `collector` the collector's binary. */
export function build(options = {}) {
  return withLock(join(root, '.tmp', 'build.lock'), 'build', async () => {
    for (const part of [wasm, shell, www]) {
      await whenChanged(part.name.replaceAll(' ', '-'), part, () => timed(part));
    }
    if (options.collector) {
      if (collector.isThere()) await collector.build();
      else await timed(collector);
    }
  });
}

async function timed(part) {
  const start = performance.now();
  say(`building the ${part.name} (about ${part.seconds} s)`);
  await part.build();
  say(`${part.name} built in ${seconds(start)} s`);
}
