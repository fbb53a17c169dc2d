// wasm-pack's headless test runs: which driver, and what the browser is started with.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHROMIUM_FLAGS } from '../../tests/e2e/harness/browser-flags.mjs';
import { root } from '../lib/paths.mjs';
import { toolEnv } from '../lib/tool-path.mjs';
import { findBrowsers } from '../setup/browsers.mjs';
import { toolBin } from '../setup/cargo-tool.mjs';

/** Capabilities for the browsers that set-up found. wasm-bindgen's runner reads them from the file it is told. */
function webdriverFile(browser) {
  const { chrome, firefox } = findBrowsers();
  const folder = join(root, '.tmp');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `webdriver-${browser}.json`);
  const capabilities = {
    'goog:chromeOptions': { binary: chrome, args: ['--headless', ...CHROMIUM_FLAGS] },
    'moz:firefoxOptions': { binary: firefox, args: ['-headless'], prefs: {} },
  };
  writeFileSync(file, JSON.stringify(capabilities));
  return file;
}

/** wasm-pack takes the runner that stands beside the `wasm-bindgen` it finds: a folder where that is ours. */
function runnerFolder(browser) {
  const folder = join(root, '.tmp', `wasm-test-bin-${browser}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const runner = fileURLToPath(new URL('./browser-runner.mjs', import.meta.url));
  symlinkSync(join(toolBin('wasm-bindgen-cli'), 'wasm-bindgen'), join(folder, 'wasm-bindgen'));
  symlinkSync(runner, join(folder, 'wasm-bindgen-test-runner'));
  return folder;
}

export function wasmTestEnv(browser) {
  const { PATH } = toolEnv();
  return {
    PATH: [runnerFolder(browser), PATH].join(delimiter),
    TRACELINK_WASM_TEST_RUNNER: join(toolBin('wasm-bindgen-cli'), 'wasm-bindgen-test-runner'),
    WASM_BINDGEN_TEST_WEBDRIVER_JSON: webdriverFile(browser),
    // In seconds, for a driver that starts and for tests that run while the machine is busy.
    WASM_BINDGEN_TEST_DRIVER_TIMEOUT: '60',
    WASM_BINDGEN_TEST_TIMEOUT: '120',
    RUSTFLAGS: undefined,
    // A sixth of the size for the browser to load; names stay.
    CARGO_PROFILE_DEV_DEBUG: '0',
  };
}

export function wasmTestCommand(browser) {
  const driver =
    browser === 'chrome'
      ? ['--chrome', '--chromedriver', findBrowsers().chromedriver]
      : ['--firefox', '--geckodriver', join(toolBin('geckodriver'), 'geckodriver')];
  // With the feature that only those need who use the crate without its shell.
  const features = ['--features', 'options'];
  return ['wasm-pack', 'test', '--mode', 'no-install', '--headless', ...driver, ...features];
}
