// wasm-pack's headless test runs: which driver, and what the browser is started with.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHROMIUM_FLAGS } from '../../tests/e2e/harness/browser-flags.mjs';
import { root } from '../lib/paths.mjs';
import { toolEnv } from '../lib/tool-path.mjs';
import { findBrowsers } from '../setup/browsers.mjs';
import { toolBin } from '../setup/cargo-tool.mjs';

/** Capabilities for the browsers that set-up found. wasm-bindgen's runner reads them from the file it is told. */
function webdriverFile() {
  const { chrome, firefox } = findBrowsers();
  const folder = join(root, '.tmp');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'webdriver.json');
  const capabilities = {
    'goog:chromeOptions': { binary: chrome, args: ['--headless', ...CHROMIUM_FLAGS] },
    'moz:firefoxOptions': { binary: firefox, args: ['-headless'] },
  };
  writeFileSync(file, JSON.stringify(capabilities));
  return file;
}

export const wasmTestEnv = () => ({
  ...toolEnv(),
  WASM_BINDGEN_TEST_WEBDRIVER_JSON: webdriverFile(),
  RUSTFLAGS: undefined,
  // A sixth of the size for the browser to load; names stay.
  CARGO_PROFILE_DEV_DEBUG: '0',
});

export function wasmTestCommand(browser) {
  const driver =
    browser === 'chrome'
      ? ['--chrome', '--chromedriver', findBrowsers().chromedriver]
      : ['--firefox', '--geckodriver', join(toolBin('geckodriver'), 'geckodriver')];
  // With the feature that only those need who use the crate without its shell.
  const features = ['--features', 'options'];
  return ['wasm-pack', 'test', '--mode', 'no-install', '--headless', ...driver, ...features];
}
