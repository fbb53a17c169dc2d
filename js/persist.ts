// What could not be sent: kept while the page lives, and sent when an earlier page left some.

import { counts } from './flush.ts';
import { loadPart, ownUrls } from './load.ts';
import { openStorage } from './platform/storage.js';
import { exchange } from './platform/transport.js';
import type { InitOptions } from './types.d.ts';

type Recovery = typeof import('./recover.ts');
/** Where an entry point has what sends what earlier pages left: in itself, or in a file of its own. */
export type RecoverSource = () => Recovery | Promise<Recovery>;

export function startStorage(
  { persist = {} }: InitOptions,
  url: string,
  source: RecoverSource,
): void {
  if (!persist) return;
  const { maxBytes = 5242880, maxAgeMs = 259200000 } = persist as {
    maxBytes?: number;
    maxAgeMs?: number;
  };
  openStorage(url, (database) =>
    loadPart(source, (part) => {
      ownUrls.add(part.url);
      part.recover(database, exchange, counts, maxBytes, maxAgeMs);
    }),
  );
}
