// What the page hands over, read once and so that nothing of it can throw or change later.

import { readClock } from './clock.ts';

/** Anything as text; what does not want to be text is empty. */
export function textOf(value: unknown): string {
  try {
    return `${value}`;
  } catch {
    return '';
  }
}

/** A time of the page's clock; now, when it is none. */
export function timeOf(time: unknown): number {
  return Number.isFinite(time) ? (time as number) : readClock();
}

/** A copy of an array, as far as the limits reach; other values as they are. What cannot be read has no place in OTLP. */
export function copyOf(value: unknown): unknown {
  if (typeof value !== 'object') return value;
  try {
    if (!Array.isArray(value)) return value;
    const items = [];
    for (let index = 0; index < value.length && index < 129; index++) items.push(value[index]);
    return items;
  } catch {
    return copyOf;
  }
}

/** Where `using` looks; in browsers without it, where compiled code looks. */
export const DISPOSE: typeof Symbol.dispose =
  Symbol.dispose ?? (Symbol.for('Symbol.dispose') as typeof Symbol.dispose);
