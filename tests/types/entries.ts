// Each entry point has the same API.
import type * as standard from 'tracelink';
import type * as inline from 'tracelink/inline';
import type * as noop from 'tracelink/noop';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

export const inlineIsTheSame: Same<typeof inline, typeof standard> = true;
export const noopIsTheSame: Same<typeof noop, typeof standard> = true;
