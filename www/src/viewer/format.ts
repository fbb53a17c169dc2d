// Times, durations and attribute values as people read them.

export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (ms === 0) return '0';
  if (ms < 0) return `−${formatDuration(-ms)}`;
  if (ms < 0.001) return `${trim(ms * 1e6, 0)} ns`;
  if (ms < 1) return `${trim(ms * 1000, ms < 0.01 ? 1 : 0)} µs`;
  if (ms < 1000) return `${trim(ms, ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`;
  if (ms < 60_000) return `${trim(ms / 1000, ms < 10_000 ? 2 : 1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** As precise as the step between the ticks of a ruler needs it. */
export function formatTick(ms: number, stepMs: number): string {
  if (ms === 0) return '0';
  const [unit, name] =
    ms < 1 ? [0.001, 'µs'] : ms < 1000 ? [1, 'ms'] : ms < 120_000 ? [1000, 's'] : [0, ''];
  if (unit === 0) return formatLongTick(ms, stepMs);
  return `${trim(ms / unit, digitsOf(stepMs / unit))} ${name}`;
}

function formatLongTick(ms: number, stepMs: number): string {
  const digits = digitsOf(stepMs / 1000);
  // Rounded before it is divided, so that no part reaches 60.
  const seconds = Number((ms / 1000).toFixed(digits));
  const minutes = Math.floor(seconds / 60);
  const rest = `${trim(seconds - minutes * 60, digits)} s`;
  if (minutes < 60) return `${minutes} min ${rest}`;
  const long = `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return stepMs < 600_000 ? `${long} ${rest}` : long;
}

/** Decimals that tell two ticks apart. */
const digitsOf = (step: number) => Math.min(6, Math.max(0, Math.ceil(-Math.log10(step) - 1e-9)));

const trim = (value: number, digits: number) => String(Number(value.toFixed(digits)));

export function toDate(unixNano: string): Date {
  return new Date(Number(unixNano) / 1e6);
}

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });

/** Today: the time; before: the day too. */
export function formatStart(unixNano: string, now = new Date()): string {
  const date = toDate(unixNano);
  if (Number.isNaN(date.getTime())) return '–';
  const time = clock.format(date);
  return date.toDateString() === now.toDateString() ? time : `${day.format(date)} ${time}`;
}

export function formatExact(unixNano: string): string {
  const date = toDate(unixNano);
  return Number.isNaN(date.getTime()) ? unixNano : date.toISOString();
}

/** Milliseconds between two nanosecond times, which a double alone would round. */
export function elapsedMs(fromUnixNano: string, toUnixNano: string): number {
  try {
    return Number(BigInt(toUnixNano) - BigInt(fromUnixNano)) / 1e6;
  } catch {
    return Number.NaN;
  }
}

export function formatValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString()} ${n === 1 ? one : many}`;
}

/** All but tabs, line ends and what joins the letters of a script or the parts of an emoji. */
const UNSEEN = /(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Characters that cannot be seen, or that turn the text around them, are written as escapes. */
export function legible(text: string): string {
  return text.replace(UNSEEN, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
    return code.length > 4 ? `\\u{${code}}` : `\\u${code}`;
  });
}

/** A name on one line, short enough to lay out; what strangers send can be a megabyte. */
export function legibleName(name: string, otherwise = '(no name)'): string {
  const cut = name.length > 300 ? `${name.slice(0, 300)}…` : name;
  return legible(cut).replace(/\s+/g, ' ').trim() || otherwise;
}
