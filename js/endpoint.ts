// Where spans go: the endpoint options, resolved against the page.

import type { InitOptions } from './types.d.ts';

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

export interface Endpoint {
  /** Full URL; undefined: spans stay in the page. */
  url?: string;
  /** What is wrong with the options. */
  problem?: string;
  /** The default was no endpoint, because the page is not on a loopback host. */
  assumedNone?: boolean;
}

export function resolveEndpoint({ endpoint, tracesEndpoint }: InitOptions): Endpoint {
  if (tracesEndpoint !== undefined) return absolute('tracesEndpoint', tracesEndpoint);
  if (endpoint === null) return {};
  if (endpoint !== undefined) {
    return absolute('endpoint', endpoint, '/v1/traces');
  }
  // A page on a public address that calls a loopback collector meets the browser's permission prompt.
  if (LOOPBACK.test(location.hostname))
    return absolute('endpoint', 'http://localhost:4318', '/v1/traces');
  return { assumedNone: true };
}

function absolute(option: string, value: string, path = ''): Endpoint {
  try {
    const url = new URL(value, globalThis.document?.baseURI ?? location.href);
    if (path) url.pathname = url.pathname.replace(/\/+$/, '') + path;
    // fetch takes no URL with a user or password in it.
    if (/^https?:$/.test(url.protocol) && !url.username && !url.password) return { url: url.href };
  } catch {
    // Said below.
  }
  return {
    problem: `option ${option} must be a URL of http or https without credentials, or relative to the page; got '${value}'`,
  };
}
