// Attributes on every span started from now on.

import { crate, DEFAULTS, NOTHING, setAttribute, snapshot, token } from './bridge.ts';
import { guard, OFF, soon, state } from './state.ts';
import type { Attributes } from './types.d.ts';

export function setAttributesForAll(attributes: Attributes): void {
  const entries = snapshot(attributes);
  const apply = (): void => {
    for (const [key, value] of entries) {
      if (value === null) guard(() => crate.set(DEFAULTS, token(key), NOTHING, 0));
      else setAttribute(DEFAULTS, key, value);
    }
  };
  if (state !== OFF) soon(apply);
}
