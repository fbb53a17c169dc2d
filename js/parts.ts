// What an entry point has in itself, or loads when a page needs it: each a function of its own.

import type { Wasm } from './load.ts';

export type Part<T> = () => T | Promise<T>;

/** Where an entry point has what. */
export interface Parts {
  /** The wasm. */
  _wasm: () => Wasm;
  /** Reads spans. */
  _reader: Part<typeof import('./records.ts') & typeof import('./outside.ts') & { url?: string }>;
  /** Says why options are refused. */
  _words: Part<typeof import('./refused.ts')>;
  /** Has the rules for options that few pages have, and does what some of them ask for. */
  _options: Part<typeof import('./further-options.ts')>;
  /** Asks the page's sampler. */
  _sampler: Part<typeof import('./sampler.ts')>;
  /** Reads what the tab keeps. */
  _tab: Part<typeof import('./tab.ts')>;
  /** Sends what earlier pages left. */
  _recovery: Part<typeof import('./recover.ts')>;
}
