// Where most senders put the context of a message: a look that spares scanning all of its text.

/** Members without nesting and without names of carriers, then the one that decides. */
const AHEAD = /\{(?:"(?!trace|sentry-)[^"\\]*":(?:"[^"\\]*"|[^"{}[\],\\]+),)*?"traceparent":"/y;
/** What may follow: it changes nothing but the baggage, which is read later. What stands before its first brace is inside. */
const SENTRY = '","_sentry":{';
/** Characters of a `traceparent`. */
export const TRACEPARENT = 55;

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
  if (text.startsWith(SENTRY, end)) end = text.indexOf('}', end);
  // Other carriers, names that are escaped, names that have no case: another context may stand there.
  const others =
    end < 0 ||
    text.includes('trace', end) ||
    text.includes('\\', end) ||
    text.includes('headers', end);
  return others ? 0 : start;
}
