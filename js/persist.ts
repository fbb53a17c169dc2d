// What could not be sent: kept while the page lives, and sent when an earlier page left some.

import { crate } from './bridge.ts';
import { counts } from './flush.ts';
import { loadPart, ownUrls } from './load.ts';
import type { Parts } from './parts.ts';
import { openStorage } from './platform/storage.js';
import { exchange } from './platform/transport.js';
import { ON, soon, state } from './state.ts';
import type { InitOptions } from './types.d.ts';

export function startStorage(
  { persist }: InitOptions,
  url: string,
  recovery: Parts['_recovery'],
): void {
  if (persist === false) return;
  openStorage(url, (database) =>
    soon(() => {
      // Init may have been refused meanwhile.
      if (state !== ON) return;
      const mine = crate;
      loadPart(recovery, (part) => {
        ownUrls.add(part.url);
        // Who shuts tracing down and begins again has another crate, and may have another collector.
        part.recover(database, exchange, () => crate === mine && counts(), persist);
      });
    }),
  );
}
