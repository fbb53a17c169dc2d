// What the server wrote into the page: where the collector is.

export interface ServerSettings {
  /** Undefined: tracelink's own default. */
  collector: string | undefined;
}

export function serverSettings(): ServerSettings {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="tracelink-endpoint"]');
  return { collector: meta?.content || undefined };
}
