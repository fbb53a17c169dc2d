// The PATH under which builds and tests run: set-up's tools first, then npm's programs, then the user's own.
import { delimiter } from 'node:path';
import { toolBin } from '../setup/cargo-tool.mjs';
import { nodeBin } from './paths.mjs';

export function toolEnv() {
  const own = ['wasm-pack', 'wasm-bindgen-cli', 'geckodriver'].map(toolBin);
  return { PATH: [...own, nodeBin, process.env.PATH].join(delimiter) };
}
