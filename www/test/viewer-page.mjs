// Opens the viewer in a browser and looks through its shadow trees.
import { randomBytes } from 'node:crypto';

export const newTraceId = () => randomBytes(16).toString('hex');
export const spanId = (id) => id.padStart(16, '0');

export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 360, height: 740 };

const WAIT = { timeout: 15_000 };

/** Runs in the page: everything below `document`, shadow trees too, but not what is hidden as a whole. */
const DEEP = `globalThis.deep = (selector) => {
  const found = [];
  const walk = (root) => {
    found.push(...root.querySelectorAll(selector));
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot && !element.hidden) walk(element.shadowRoot);
    }
  };
  walk(document);
  return found;
};
globalThis.textOf = (element) => element.textContent.replace(/\\s+/g, ' ').trim();
globalThis.focused = () => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element;
};`;

/** What a page without data says. */
export const NOTICE = '.notice :is(strong, h1)';

/** The name in a span's details. */
export const TITLE = 'h2:not(dialog *)';

/** Loads the viewer anew with what stands behind the #. */
export async function open({ page, world }, hash, viewport = WIDE) {
  await page.setViewport(viewport);
  await page.evaluateOnNewDocument(DEEP);
  await page.goto('about:blank');
  await page.goto(`${world.collectorUrl}/${hash}`, { waitUntil: 'load' });
}

export const waitFor = (page, condition, ...args) => page.waitForFunction(condition, WAIT, ...args);

/** The texts of all elements that match, once there are at least `least`. */
export async function texts(page, selector, least = 1) {
  const read = (wanted, count) => {
    const found = globalThis.deep(wanted).map(globalThis.textOf);
    return found.length >= count && found;
  };
  return (await waitFor(page, read, selector, least)).jsonValue();
}

/** Waits until these are the texts of the elements that match, no more and no fewer. */
export async function untilTexts(page, selector, expected) {
  const same = (wanted, texts) => {
    const found = globalThis.deep(wanted).map(globalThis.textOf);
    return JSON.stringify(found) === texts;
  };
  try {
    await waitFor(page, same, selector, JSON.stringify(expected));
  } catch (error) {
    const found = await page.evaluate(
      (wanted) => globalThis.deep(wanted).map(globalThis.textOf),
      selector,
    );
    throw new Error(`${selector} says ${JSON.stringify(found)}, want ${JSON.stringify(expected)}`, {
      cause: error,
    });
  }
}

/** The first element that matches and whose text, label or title says `says`, as a puppeteer handle. */
export async function element(page, selector, says = '') {
  const find = (wanted, text) =>
    globalThis
      .deep(wanted)
      .find((one) =>
        [one.textContent, one.ariaLabel, one.getAttribute('aria-label'), one.title].some((name) =>
          name?.includes(text),
        ),
      ) ?? false;
  return (await waitFor(page, find, selector, says)).asElement();
}

export const click = async (page, selector, says) => (await element(page, selector, says)).click();

/** Names of the rows that are drawn, from the top. */
export const rowNames = (page) =>
  page.evaluate(() =>
    globalThis
      .deep('.row')
      .toSorted((a, b) => a.dataset.index - b.dataset.index)
      .map((row) => row.querySelector('.label').textContent),
  );

export const untilHash = (page, part) =>
  waitFor(page, (wanted) => decodeURIComponent(location.hash).includes(wanted), part);
