// Where spans go: the endpoint options, resolved against the page.

import { refused } from './rules.ts';
import type { InitOptions } from './types.d.ts';

const LOOPBACK = /^((.+\.)?localhost|127(\.\d+){3}|\[::1])$/;

/** Full URL; undefined: spans stay in the page. Throws an error that says what is wrong with the options. */
export function endpointOf({ endpoint, tracesEndpoint }: InitOptions): string | undefined {
  let given = tracesEndpoint ?? endpoint;
  // A page on a public address that calls a loopback collector meets the browser's permission prompt.
  if (given === undefined && LOOPBACK.test(location.hostname)) given = 'http://localhost:4318';
  if (given === undefined) console.warn('tracelink: no endpoint, so spans stay in this page');
  if (typeof given !== 'string') return undefined;
  try {
    // As fetch sees it: relative to the page, and without a user or password.
    const url = new URL(new Request(given).url);
    if (!tracesEndpoint) url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`;
    if (/^https?:$/.test(url.protocol)) return url.href;
  } catch {
    // Said below.
  }
  throw refused(tracesEndpoint ? 'tracesEndpoint' : 'endpoint', given);
}
