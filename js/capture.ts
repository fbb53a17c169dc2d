// captureHeaders: headers of requests and responses as attributes of their spans.

import type { Span } from './span.ts';
import type { InitOptions } from './types.d.ts';

export type Capture = (span: Span, side: 'request' | 'response', headers: Headers) => void;

/** Undefined: the options name no headers. Source: OpenTelemetry semantic conventions, HTTP, `http.request.header.<key>`. */
export function capturer({ captureHeaders }: InitOptions): Capture | undefined {
  return (
    captureHeaders &&
    ((span, side, headers) => {
      for (const name of captureHeaders[side] ?? []) {
        try {
          const value = headers.get(name);
          if (value !== null)
            span.setAttribute(`http.${side}.header.${name.toLowerCase()}`, [value]);
        } catch {
          // No header has such a name.
        }
      }
    })
  );
}
