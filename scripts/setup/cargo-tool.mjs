// Command line tools that cargo builds once per user and version, for every checkout.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tools, versions } from '../lib/paths.mjs';
import { must } from '../lib/run.mjs';

const home = (name) => join(tools, `${name}-${versions.cargoTools[name].version}`);

/** Where a tool's programs are, once it is installed. */
export const toolBin = (name) => join(home(name), 'bin');

export function cargoTool(name) {
  const { version, locked, binaries, seconds } = versions.cargoTools[name];
  return {
    name: `${name} ${version}`,
    seconds,
    isThere: () => binaries.every((binary) => existsSync(join(toolBin(name), binary))),
    async install() {
      const beside = join(tools, `.building-${name}-${version}`);
      await rm(beside, { recursive: true, force: true });
      await mkdir(beside, { recursive: true });
      const args = ['install', name, '--version', version, '--root', beside];
      await must(name, 'cargo', locked ? [...args, '--locked'] : args, {
        cwd: tools,
        env: {
          CARGO_TARGET_DIR: join(beside, 'target'),
          CARGO_BUILD_TARGET: undefined,
          RUSTFLAGS: undefined,
        },
        remedy: 'Check the network and that a C compiler is installed.',
      });
      await rm(join(beside, 'target'), { recursive: true, force: true });
      await rm(home(name), { recursive: true, force: true });
      await rename(beside, home(name));
    },
  };
}
