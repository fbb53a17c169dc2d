// What the entry point `tracelink` loads when something asks for it: most pages only send their spans.

export * from './outside.ts';
export * from './records.ts';

/** Where this file is: one of tracelink's own. */
export const url = import.meta.url;
