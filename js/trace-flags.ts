// What is known of a trace, in bits as the crate numbers them.

export const SAMPLED = 1;
export const RANDOM = 2;
export const DECIDED = 4;
export const REMOTE = 8;
