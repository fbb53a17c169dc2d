// tracedFetch.
import type { Span } from './span.ts';
import type { InitOptions } from './types.d.ts';

export function configureFetch(_options: InitOptions, _url: string | undefined): void {}
export function fetchUnder(
  _span: Span | undefined,
  args: [RequestInfo | URL, RequestInit?],
): Promise<Response> {
  return fetch(...args);
}
export function tracedFetch(...args: [RequestInfo | URL, RequestInit?]): Promise<Response> {
  return fetchUnder(undefined, args);
}
