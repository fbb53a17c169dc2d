// The version that spans carry, from the package.

declare const __VERSION__: string;

export const VERSION: string = __VERSION__;
