// Which HTTP requests get a span, whatever SDK makes it.

/**
 * Only what a user caused gets a span: the page and the API, not its files, not the health check, not
 * the question of a browser whether it may ask.
 * @param {{ method?: string, url?: string }} request
 */
export function ignoreIncomingRequest(request) {
  const path = (request.url ?? '').split('?', 1)[0];
  return request.method === 'OPTIONS' || (path !== '/' && !path.startsWith('/api/'));
}

/**
 * A connection that outlives every trace is part of none.
 * @param {{ headers?: object }} request
 */
export function ignoreOutgoingRequest({ headers }) {
  return headers !== undefined && 'Upgrade' in headers;
}
