// Starts a browser and opens a page for each contender; all stay open, and none is slowed down for being in the back.
import { StepError } from '../../scripts/lib/step.mjs';
import { findBrowsers } from '../../scripts/setup/browsers.mjs';

const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  '--disable-features=Translate,OptimizationHints,MediaRouter',
];

/** Launches 'chrome' or 'firefox'. */
export async function launch(browser) {
  const { default: puppeteer } = await import('puppeteer-core');
  const executablePath = findBrowsers()[browser];
  if (!executablePath)
    throw new StepError('bench', `${browser} was not found`, 'npm test sets it up.');
  return puppeteer.launch({
    browser,
    executablePath,
    headless: true,
    args: browser === 'chrome' ? CHROMIUM_ARGS : [],
  });
}

/** Opens a page of the bench and waits until it offers its rounds. */
export async function open(browser, url) {
  const page = await browser.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => errors.push(message.text()));
  await page.goto(url);
  try {
    await page.waitForFunction(() => typeof globalThis.round === 'function', { timeout: 10_000 });
  } catch {
    throw new Error(`${new URL(url).pathname} did not start: ${errors.join('; ') || 'no error'}`);
  }
  if (!(await page.evaluate(() => crossOriginIsolated)))
    throw new Error('the page is not isolated, so its clock is too coarse');
  return page;
}
