// wasm-bindgen's command line tool only reads what a crate of the same version wrote.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, versions } from '../lib/paths.mjs';
import { StepError } from '../lib/step.mjs';

export function checkWasmBindgen() {
  const lock = readFileSync(join(root, 'Cargo.lock'), 'utf8');
  const crate = lock.match(/name = "wasm-bindgen"\nversion = "([^"]+)"/)?.[1];
  const tool = versions.cargoTools['wasm-bindgen-cli'].version;
  if (crate !== tool) {
    throw new StepError(
      'wasm-bindgen',
      `the crate is ${crate} in Cargo.lock, the tool ${tool} in scripts/versions.json`,
      'Make them equal.',
    );
  }
}
