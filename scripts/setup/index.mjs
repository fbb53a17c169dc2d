// Set-up: finds out what is missing, says what it will build and for how long, and installs it under one lock.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../lib/lock.mjs';
import { cache } from '../lib/paths.mjs';
import { StepError, say, seconds } from '../lib/step.mjs';
import { browsers } from './browsers.mjs';
import { cargoTool } from './cargo-tool.mjs';
import { npmPackages } from './npm-packages.mjs';
import { checkPrerequisites } from './prerequisites.mjs';
import { pythonPackages } from './python-packages.mjs';
import { checkWasmBindgen } from './wasm-bindgen-version.mjs';
import { wasmTarget } from './wasm-target.mjs';

async function missingParts(parts) {
  const there = await Promise.all(parts.map((part) => part.isThere()));
  return parts.filter((_, i) => !there[i]);
}

async function prepareCache() {
  try {
    await mkdir(cache, { recursive: true });
  } catch (error) {
    throw new StepError(
      'cache',
      error.message,
      'Set XDG_CACHE_HOME to a folder that can be written.',
    );
  }
}

/**
 * Makes everything available that building needs, with `tests` what testing needs, and with `python` what the FastAPI
 * example needs.
 */
export async function setup({ tests = false, python = false } = {}) {
  const compiler = await checkPrerequisites();
  checkWasmBindgen();
  const parts = [
    npmPackages,
    wasmTarget(compiler),
    cargoTool('wasm-bindgen-cli'),
    cargoTool('wasm-pack'),
  ];
  if (tests) parts.push(browsers, cargoTool('geckodriver'));
  if (python) parts.push(pythonPackages('fastapi'));
  await ensure(parts);
}

/** Installs those parts that are not there: { name, seconds, isThere(), install() } each. */
export async function ensure(parts) {
  if ((await missingParts(parts)).length === 0) return;
  await prepareCache();
  await withLock(join(cache, 'setup.lock'), 'set-up', async () => {
    const missing = await missingParts(parts); // again: another set-up may have done it meanwhile
    if (missing.length === 0) return;
    const total = missing.reduce((sum, part) => sum + part.seconds, 0);
    say(`setting up ${missing.map((part) => part.name).join(', ')} (about ${total} s)`);
    for (const part of missing) {
      const start = performance.now();
      await part.install();
      if (!(await part.isThere())) {
        throw new StepError(
          part.name,
          'was installed, and still is not found',
          'Run npm run setup again.',
        );
      }
      say(`${part.name} ready in ${seconds(start)} s`);
    }
  });
}
