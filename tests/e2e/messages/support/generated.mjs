// Generated messages: JSON texts full of carriers, escapes and equal keys, the same in every run. Runs in the page.

/** Defines `window.generated(seed)`: makers of texts and of damage. Handed to the page as it is, so it names nothing outside. */
export function defineGenerated() {
  const NAMES = [
    ...['traceparent', 'traceparent', 'traceparent', 'tracestate', 'baggage', 'sentry-trace'],
    ...['sentry-trace', 'trace', '_sentry', '_sentry', '_trace', 'headers', 'headers', 'metadata'],
    ...['meta', 'updates', 'events', 'messages', 'Traceparent', 'SENTRY-TRACE', '__proto__', ''],
    ...['traceparents', 'toJSON', 'length', '0', 'prices'],
  ];
  const [a, b, c] = ['1', '2', '3'].map((digit) => digit.repeat(32));
  /** So many of the texts are contexts. */
  const VALID = 9;
  const TEXTS = [
    `00-${a}-${'1'.repeat(16)}-01`,
    `00-${a}-${'1'.repeat(16)}-01`,
    `00-${a}-${'2'.repeat(16)}-00`,
    `00-${b}-${'3'.repeat(16)}-03`,
    `00-${c}-${'4'.repeat(16)}-01`,
    `\t01-${b}-${'3'.repeat(16)}-01-x `,
    `${a}-${'1'.repeat(16)}-1`,
    `${a}-${'4'.repeat(16)}`,
    `${b}-${'5'.repeat(16)}-0`,
    `sentry-trace_id=${a},sentry-sample_rand=0.5,a=1;p=2`,
    'a=1,b=2',
    'vendor=1, other=2',
    'a=é,b=2,c',
    `00-${a.toUpperCase()}-${'1'.repeat(16)}-01`,
    `00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`,
    '',
    '"\\/\b\f\n\r\t',
    '😀{}[],:',
    'half \ud83d of a pair',
    '\u0000\u001f\u007f\u2028\ufeff',
    'trace',
  ];
  const OTHERS = [
    ...['0', '-1.5e-7', '12345678901234567890', '1E+999', 'true', 'false', 'null', '{}', '[]'],
    ...['"\\u00e9\\uD83D\\ude00"', '"\\ud83d"', '"trace"'],
  ];
  const DAMAGE = [...'{}[],:"\\0-e.u\t\0 \ufeffé'];

  window.generated = (seed) => {
    let state = seed >>> 0;
    /** Numbers that look random (mulberry32). */
    const below = (bound) => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
    };
    const pick = (choices) => choices[below(choices.length)];
    /** Dense ones stand as JSON.stringify would write them. */
    let dense = true;
    const space = () => (dense ? '' : pick(['', '', '', ' ', '\n', '\r\n\t']));

    const quoted = (text) => {
      const all = below(dense ? 24 : 8) === 0;
      if (dense && !all) return JSON.stringify(text);
      const escaped = Array.from({ length: text.length }, (_, at) => {
        const unit = text[at];
        const hex = text.charCodeAt(at).toString(16).padStart(4, '0');
        if (all || (unit < ' ' && below(2))) return `\\u${below(2) ? hex : hex.toUpperCase()}`;
        // Half a pair stands there as it is, which JSON.stringify would not do.
        return unit >= '\ud800' && unit <= '\udfff' ? unit : JSON.stringify(unit).slice(1, -1);
      });
      return `"${escaped.join('')}"`;
    };

    const value = (name, depth) => {
      const carrier = /trace|baggage/i.test(name) && name !== '_trace';
      const kind = below(10);
      // Half of them are valid.
      if (carrier && kind < 8) return quoted(TEXTS[below(below(2) ? VALID : TEXTS.length)]);
      if (depth > 0 && kind < 2) return pick(OTHERS);
      if (depth > 4) return '0';
      const list = kind === 9 || (/s$/.test(name) && name !== 'headers');
      const parts = Array.from({ length: below(6) }, () => {
        if (list) return space() + value('', depth + 1) + space();
        const key = pick(NAMES);
        return `${space()}${quoted(key)}${space()}:${space()}${value(key, depth + 1)}${space()}`;
      });
      return list ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
    };

    const member = (key, depth) => `${quoted(key)}:${value(key, depth)}`;
    const members = (most, make) => Array.from({ length: below(most) }, make);
    /** As most senders write it: flat members, the carriers, then the data. */
    const usual = () => {
      const flat = () => `${quoted(pick(NAMES))}:${below(4) ? quoted(pick(TEXTS)) : '12'}`;
      const inside = () => members(3, () => member(pick(['trace', 'baggage', ...NAMES]), 4));
      return `{${[
        ...members(3, () => `${quoted(pick(['type', 'id']))}:${quoted('x')}`),
        ...(below(4) ? [] : [flat()]),
        `"traceparent":${quoted(TEXTS[below(5)])}`,
        ...(below(2) ? [`"_sentry":{${inside().join(',')}}`] : []),
        ...members(3, () => `"prices":${pick(OTHERS)}`),
        ...(below(3) ? [] : [below(2) ? flat() : member(pick(NAMES), 1)]),
      ].join(',')}}`;
    };

    return {
      below,
      text() {
        dense = below(4) > 0;
        if (dense && below(2)) return usual();
        return space() + value(pick(['', 'updates']), 0) + space();
      },
      damaged(text) {
        const at = below(text.length);
        const rest = text.slice(at + 1);
        return (
          text.slice(0, at) +
          pick([() => '', pick, (list) => pick(list) + text[at]])(DAMAGE) +
          (below(6) ? rest : '')
        );
      },
    };
  };
}
