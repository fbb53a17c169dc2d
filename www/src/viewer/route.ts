// What the address bar says: the list with its filters, or one trace, perhaps with a span open.

export interface Filters {
  service: string;
  status: '' | 'ok' | 'error';
  text: string;
  minDurationMs: string;
}

export type Route =
  | { page: 'list'; filters: Filters }
  | { page: 'trace'; traceId: string; spanId: string | undefined };

export const NO_FILTERS: Filters = { service: '', status: '', text: '', minDurationMs: '' };

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const parameters = new URLSearchParams(query);
  const [, page, traceId] = path.split('/');
  if (page === 'trace' && traceId) {
    const spanId = parameters.get('span')?.toLowerCase();
    return { page: 'trace', traceId: traceId.toLowerCase(), spanId };
  }
  const status = parameters.get('status');
  const minDurationMs = parameters.get('min_duration_ms') ?? '';
  return {
    page: 'list',
    filters: {
      service: parameters.get('service') ?? '',
      status: status === 'ok' || status === 'error' ? status : '',
      text: parameters.get('q') ?? '',
      minDurationMs: /^\d+(\.\d+)?$/.test(minDurationMs) ? minDurationMs : '',
    },
  };
}

export function isTraceId(text: string): boolean {
  return /^[0-9a-f]{32}$/i.test(text) && !/^0+$/.test(text);
}

export function traceHash(traceId: string, spanId?: string): string {
  return `#/trace/${traceId}${spanId ? `?span=${spanId}` : ''}`;
}

export function listHash(filters: Filters): string {
  const query = filterQuery(filters).toString();
  return query ? `#/?${query}` : '#/';
}

/** The same names as the collector's `/api/summaries`. */
export function filterQuery(filters: Filters): URLSearchParams {
  const query = new URLSearchParams();
  if (filters.service) query.set('service', filters.service);
  if (filters.status) query.set('status', filters.status);
  if (filters.text) query.set('q', filters.text);
  if (filters.minDurationMs) query.set('min_duration_ms', filters.minDurationMs);
  return query;
}
