// URLs: how spans may show them, which are tracelink's own, and which ones a list of targets names.

/** @type {((url: string) => unknown) | undefined} */
let redact;
/** Starts of URLs that belong to tracelink; one with a blank behind it is whole. @type {Iterable<string>} */
let own = [];

/**
 * @param {((url: string) => unknown) | undefined} pageRedaction
 * @param {Iterable<string>} ownUrls which may come to hold more
 */
export function configureUrls(pageRedaction, ownUrls) {
  redact = pageRedaction;
  own = ownUrls;
}

/** @param {string} url */
export function isOwn(url) {
  return [...own].some((start) => `${url} `.startsWith(start));
}

/**
 * A URL after the page's own redaction. One that it cannot handle is cut to its origin.
 * @param {string} url
 */
export function shownUrl(url) {
  if (!redact) return url;
  try {
    const shown = redact(url);
    if (typeof shown === 'string') return shown;
  } catch {
    // Shown without path and query.
  }
  return /^[^:]*:(\/\/[^/?#]*)?/.exec(url)?.[0] ?? '';
}

/** @typedef {string | RegExp} Pattern */

/**
 * @param {Pattern} pattern
 * @returns {(url: string) => boolean}
 */
function matcher(pattern) {
  // `search` leaves `lastIndex` alone.
  if (typeof pattern !== 'string') return (url) => url.search(pattern) >= 0;
  try {
    const { origin, pathname } = new URL(pattern, location.origin);
    const start = origin + pathname;
    return (url) => url.split(/[?#]/, 1)[0].startsWith(start);
  } catch {
    return () => false;
  }
}

/** The page's own origin, once it was asked for: the browser builds its text at every reading. */
let home = '';

/**
 * Undefined: the page's own origin. A list of `not` alone takes out of that.
 * @param {(Pattern | { not: Pattern })[] | undefined} list
 * @returns {(url: string) => boolean}
 */
export function targetRule(list) {
  /** @type {((url: string) => boolean)[]} */
  const wanted = [];
  /** @type {((url: string) => boolean)[]} */
  const unwanted = [];
  for (const entry of list ?? []) {
    if (typeof entry === 'object' && 'not' in entry) unwanted.push(matcher(entry.not));
    else wanted.push(matcher(entry));
  }
  if (!list || (unwanted.length > 0 && wanted.length === 0)) {
    wanted.push((url) => {
      home ||= `${location.origin}/`;
      return url.startsWith(home);
    });
  }
  return (url) => wanted.some((hit) => hit(url)) && !unwanted.some((hit) => hit(url));
}
