// Where most senders put the context of a message: a look that spares scanning all of its text.

/** Members without nesting and without names of carriers, then the one that decides. */
const AHEAD = /\{(?:"(?!trace|sentry-)[^"\\]*":(?:"[^"\\]*"|[^"{}[\],\\]+),)*?"traceparent":"/y;
/** What may follow: it changes nothing but the baggage, which is read later. */
const SENTRY = '","_sentry":{';
/** Characters of a `traceparent`. */
export const TRACEPARENT = 55;
/** Without these there is no other context behind that: carriers, names that are escaped, names that have no case. */
const OTHERS = ['trace', '\\', 'headers'];

/** In longer text an expression may be made to search for long. */
const MOST_SEARCHED = 4096;

/**
 * Where the value of a `traceparent` begins that stands at the top of a message before all that could have a say too, as
 * most senders write it; 0: the whole text has to be scanned. What is not JSON behind it is for the page's own parser to
 * say; extraction reads to the end.
 */
export function usualPlace(text: string): number {
  AHEAD.lastIndex = 0;
  if (text.length > MOST_SEARCHED || !AHEAD.test(text)) return 0;
  const start = AHEAD.lastIndex;
  let end = start + TRACEPARENT;
  if (text[end] !== '"') return 0;
  if (text.startsWith(SENTRY, end)) {
    const inside = end + SENTRY.length;
    end = text.indexOf('}', inside);
    const nested = text.indexOf('{', inside);
    if (nested >= 0 && nested < end) return 0;
  }
  const alone = OTHERS.every((other) => text.indexOf(other, end) < 0);
  return alone ? start : 0;
}
