// What the address bar says: the list with its filters, or one trace, perhaps with a span open.

export interface Filters {
  service: string;
  status: '' | 'ok' | 'error';
  text: string;
  minDurationMs: string;
  maxDurationMs: string;
  /** Each `key:value`. */
  attributes: readonly string[];
  /** A span of time that ends now, one of SINCE; or a fixed one by `start` and `end`. */
  since: string;
  /** RFC 3339, or empty. */
  start: string;
  end: string;
}

export type Route =
  | { page: 'list'; filters: Filters }
  | { page: 'trace'; traceId: string; spanId: string | undefined };

export const NO_FILTERS: Filters = {
  service: '',
  status: '',
  text: '',
  minDurationMs: '',
  maxDurationMs: '',
  attributes: [],
  since: '',
  start: '',
  end: '',
};

const MINUTE = 60_000;
/** What `since` may say, in milliseconds. */
export const SINCE: ReadonlyMap<string, number> = new Map([
  ['5m', 5 * MINUTE],
  ['15m', 15 * MINUTE],
  ['1h', 60 * MINUTE],
  ['6h', 360 * MINUTE],
  ['24h', 1440 * MINUTE],
  ['7d', 10_080 * MINUTE],
]);

/** As many as the collector takes. */
const MOST_ATTRIBUTES = 16;
/** A longer text the collector does not search for. */
const MOST_SEARCHED = 200;
/** The collector counts nanoseconds in 64 bits with a sign; here in milliseconds since 1970. */
const LAST_TIME = 9_223_372_036_854;

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const parameters = new URLSearchParams(query);
  const [, page, traceId] = path.split('/');
  if (page === 'trace' && traceId) {
    const spanId = parameters.get('span')?.toLowerCase();
    return { page: 'trace', traceId: traceId.toLowerCase(), spanId };
  }
  return { page: 'list', filters: parseFilters(parameters) };
}

/** What makes no sense is left out, so that an address typed by hand still shows a list. */
function parseFilters(parameters: URLSearchParams): Filters {
  const text = (name: string) => parameters.get(name) ?? '';
  // What a field or a hand may write, in the form that the collector reads.
  const number = (name: string) => {
    const value = Number(text(name));
    return text(name).trim() && Number.isFinite(value) && value >= 0 ? String(value) : '';
  };
  const time = (name: string) => {
    const date = Date.parse(text(name));
    return date >= 0 && date <= LAST_TIME ? new Date(date).toISOString() : '';
  };
  const status = text('status');
  const since = SINCE.has(text('since')) ? text('since') : '';
  return {
    service: text('service'),
    status: status === 'ok' || status === 'error' ? status : '',
    text: text('q'),
    minDurationMs: number('min_duration_ms'),
    maxDurationMs: number('max_duration_ms'),
    attributes: [...new Set(parameters.getAll('attribute').filter(isAttribute))].slice(
      0,
      MOST_ATTRIBUTES,
    ),
    since,
    start: since ? '' : time('start'),
    end: since ? '' : time('end'),
  };
}

export function isTraceId(text: string): boolean {
  return /^[0-9a-f]{32}$/i.test(text) && !/^0+$/.test(text);
}

/** `key:value`, as the collector's filter wants it. */
export function isAttribute(text: string): boolean {
  return text.indexOf(':') > 0;
}

/**
 * The filter that finds spans with this value; undefined where the collector compares with no text (of a list) or with another
 * than is seen here (of a number with an exponent). Bytes and infinities arrive as strings and cannot be told apart from them.
 */
export function attributeOf(key: string, value: unknown): string | undefined {
  const plain = typeof value === 'number' && !Object.is(value, -0) && /^-?[\d.]+$/.test(`${value}`);
  if (!plain && typeof value !== 'string' && typeof value !== 'boolean') return undefined;
  const attribute = `${key}:${value}`;
  const takes = key !== '' && !key.includes(':') && attribute.length <= MOST_SEARCHED;
  return takes ? attribute : undefined;
}

export function traceHash(traceId: string, spanId?: string): string {
  const span = spanId ? `?span=${encodeURIComponent(spanId)}` : '';
  return `#/trace/${encodeURIComponent(traceId)}${span}`;
}

export function listHash(filters: Filters): string {
  const query = filterQuery(filters);
  if (filters.since) query.set('since', filters.since);
  const text = query.toString();
  return text ? `#/?${text}` : '#/';
}

/** The query of the collector's `/api/summaries`; the address bar has the same names. */
export function filterQuery(filters: Filters): URLSearchParams {
  const query = new URLSearchParams();
  const set = (name: string, value: string) => value && query.set(name, value);
  set('service', filters.service);
  set('status', filters.status);
  set('q', filters.text);
  set('min_duration_ms', filters.minDurationMs);
  set('max_duration_ms', filters.maxDurationMs);
  for (const attribute of filters.attributes) query.append('attribute', attribute);
  set('start', filters.start);
  set('end', filters.end);
  return query;
}

/** The same with `since` as a start, which moves on with the clock. */
export function summariesQuery(filters: Filters, now: number): URLSearchParams {
  const query = filterQuery(filters);
  const since = SINCE.get(filters.since);
  if (since) query.set('start', new Date(now - since).toISOString());
  return query;
}

export function isFiltered(filters: Filters): boolean {
  return listHash(filters) !== listHash(NO_FILTERS);
}
