// Members of Sentry's dynamic sampling context in `baggage`. Source: Sentry, "Dynamic Sampling Context".

/** A text as the member that it is, behind its comma. */
export function member(name: string, text: string | undefined): string | undefined {
  // Half a surrogate pair cannot be encoded.
  const encoded = text && encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '\ufffd'));
  return encoded && `,sentry-${name}=${encoded}`;
}
