// What the server wrote into the page: where the collector and the build API are.

export interface ServerSettings {
  /** Undefined: tracelink's own default. */
  collector: string | undefined;
  /** Undefined: there is no build pipeline. */
  buildApi: string | undefined;
}

export function serverSettings(): ServerSettings {
  return { collector: metaContent('tracelink-endpoint'), buildApi: metaContent('build-api') };
}

function metaContent(name: string): string | undefined {
  const meta = document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`);
  return meta?.content || undefined;
}
