// Starts Chromium and Firefox, the same way and with the same API for both.
import { findBrowsers } from '../../../scripts/setup/browsers.mjs';
import { CHROMIUM_FLAGS } from './browser-flags.mjs';

/** Every scenario runs in both. */
export const BROWSERS = ['chromium', 'firefox'];

/** No update checks, no telemetry, no portal detection: tests talk to loopback only. Nor pages and processes kept in store. */
const QUIET_FIREFOX = {
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.newtab.preload': false,
  'browser.safebrowsing.downloads.remote.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.search.update': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'dom.ipc.processPrelaunch.enabled': false,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,#remote-settings-dummy/v1',
  'toolkit.telemetry.enabled': false,
};

/** What `prefers-color-scheme` says: in Firefox by a preference, in Chromium by a setting of its engine. */
const SCHEMES = { dark: 0, light: 1 };

/**
 * `profile`: the folder to keep the profile in, else one that goes away; `preferences`: of Firefox; `acceptInsecureCerts`: also
 * of servers for which nobody vouches.
 */
export async function launch(
  name,
  { colorScheme = 'light', profile, preferences, acceptInsecureCerts } = {},
) {
  const scheme = SCHEMES[colorScheme];
  const { default: puppeteer } = await import('puppeteer-core');
  const { chrome, firefox } = findBrowsers();
  if (name === 'chromium') {
    const args = [...CHROMIUM_FLAGS, `--blink-settings=preferredColorScheme=${scheme}`];
    return puppeteer.launch({
      executablePath: chrome,
      headless: true,
      args,
      userDataDir: profile,
      acceptInsecureCerts,
    });
  }
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: firefox,
    headless: true,
    userDataDir: profile,
    acceptInsecureCerts,
    extraPrefsFirefox: {
      ...QUIET_FIREFOX,
      'layout.css.prefers-color-scheme.content-override': scheme,
      ...preferences,
    },
  });
}

/** A page that keeps what it printed and what went wrong in it: { page, printed, errors }. */
export async function openPage(browser) {
  const page = await browser.newPage();
  const printed = [];
  const errors = [];
  page.on('console', (message) => printed.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => errors.push(String(error?.message ?? error)));
  return { page, printed, errors };
}
