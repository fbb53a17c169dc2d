// Instantiates the crate: synchronously from a module or bytes, else from a URL; and the probes before that.

import type { InitOutput } from '../pkg/tracelink.js';
import { now, report_soon, set_timer } from './platform/hook.js';
import { keepSoon } from './platform/storage.js';
import { send } from './platform/transport.js';
import type { InitResult } from './types.d.ts';

export type Refusal = Extract<InitResult, { ok: false }>['reason'];

/** Why the crate cannot run here at all, before anything is downloaded. */
export function refusalHere(): Refusal | undefined {
  if (typeof self === 'undefined') return 'server';
  if (!self.WebAssembly || !self.structuredClone) return 'unsupported';
  try {
    // The empty module. A policy without 'wasm-unsafe-eval' refuses it; validate() would not tell.
    new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
    return undefined;
  } catch {
    return 'csp';
  }
}

export type Wasm = WebAssembly.Module | Promise<WebAssembly.Module>;

/** Starts of the URLs of tracelink's own files and requests, as `isOwn` takes them. */
export const ownUrls = new Set<string>();

/** Takes a part that an entry point has in itself, at once, or in a file of its own: without that the rest goes on. */
export function loadPart<T>(
  source: () => T | Promise<T>,
  arrived: (part: T) => void,
): Promise<void> | undefined {
  const part = source();
  if (part instanceof Promise)
    return part.then(arrived, (error) => {
      console.warn('tracelink: a part of it did not load:', error);
    });
  arrived(part);
  return undefined;
}

/** Whatever the server calls wasm. So few bytes are not compiled while they come. */
export async function download(url: string | URL): Promise<WebAssembly.Module> {
  const request = new Request(url);
  // Unbundled, the package's JavaScript lies beside its wasm.
  ownUrls.add(request.url).add(request.url.replace(/dist\/tracelink\.wasm$/, 'dist/'));
  const response = await fetch(request);
  const type = response.headers.get('content-type') as string;
  // Many servers have a page for what they do not know.
  if (!response.ok || /html/.test(type))
    throw new Error(
      `the server answered ${response.status} ${type} for ${request.url.split('?')[0]}`,
    );
  return WebAssembly.compile(await response.arrayBuffer());
}

/** What the crate imports. scripts/build/shell-wasm.mjs gives both sides the same names. */
const IMPORTS = {
  _now: now,
  _report_soon: report_soon,
  _send: send,
  _set_timer(ms: number) {
    set_timer(ms);
    keepSoon();
  },
};

/** Without wasm-bindgen's glue, which is for values other than numbers: no import or export of the crate has any. */
function instantiate(module: WebAssembly.Module): InitOutput | Promise<InitOutput> {
  if (WebAssembly.Module.imports(module)[0]?.module !== 'a')
    return import('./package-wasm.ts').then((other) => other.instantiate(module, IMPORTS));
  return { ...new WebAssembly.Instance(module, { a: IMPORTS }).exports } as unknown as InitOutput;
}

/** The crate's exports, at once if the module is there and is this package's, else a promise. */
export const start = (module: Wasm): InitOutput | Promise<InitOutput> =>
  module instanceof Promise ? module.then(instantiate) : instantiate(module);
