// What is measured: contenders, each a page of its own, and the variants that each page offers.
// `more` is what only one contender does; nothing is asked of it.
export const KINDS = {
  spans: {
    contenders: ['tracelink', 'opentelemetry-protobuf', 'opentelemetry-json', 'sentry'],
    variants: ['setters', 'options'],
    more: { tracelink: ['unsampled'] },
  },
  messages: {
    contenders: ['tracelink', 'opentelemetry'],
    variants: ['plain', 'traced'],
    more: { tracelink: ['updated'] },
  },
  fetch: { contenders: ['tracelink', 'opentelemetry'], variants: ['plain', 'traced'] },
};

/** The pages of some kinds. */
export const pagesOf = (kinds) =>
  kinds.flatMap((kind) => KINDS[kind].contenders.map((contender) => `${kind}/${contender}`));

/** The variants of a contender. */
export const variantsOf = ({ variants, more }, contender) => [
  ...variants,
  ...(more?.[contender] ?? []),
];
