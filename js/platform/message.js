// Messages of the page: as text for the crate's scanner, its contexts as objects, carriers written back.
// Whatever the page put into a message, nothing here throws and nothing takes long.

export const encoder = new TextEncoder();
export const decoder = new TextDecoder();

/** The names of the headers, and of the fields of a message, that carry context. */
export const CARRIERS = 'traceparent tracestate baggage sentry-trace'.split(' ');

const NAMES = [...CARRIERS, 'trace'];
const PLACES = '_sentry _trace headers metadata meta'.split(' ');
const BATCHES = 'updates events messages'.split(' ');

/** As many elements of a batch as the crate looks at. */
const MOST_ELEMENTS = 10000;
/** Longer messages carry no context worth their reading. */
const MOST_TEXT = 16777216;
/** Every name of `headers` is looked at, since they have no case: each costs as much as so many characters. */
const NAME_COST = 64;

/** Characters that may still be copied of a message: parts that stand in it many times must not make it endless. */
let left = 0;

/** @param {unknown} value */
const isObject = (value) => typeof value === 'object' && value !== null;

/**
 * What an object itself says under these names: carriers as they are, what holds more of them as `inside` reads it.
 * @param {any} object
 * @param {(string | number)[]} names
 * @param {(value: any, name: string | number) => unknown} [inside]
 */
function copyOf(object, names, inside = isObject) {
  /** @type {Record<string, unknown>} */
  const copy = {};
  for (const name of names) {
    try {
      if (left > 0 && Object.hasOwn(object, name)) {
        const value = object[name];
        const isText = typeof value === 'string';
        if (isText) left -= value.length;
        // What is neither is there too: in `headers` another spelling of its name contradicts it.
        copy[name] = isText ? value : isObject(value) && inside(value, name);
      }
    } catch {
      // What does not want to be read is not there.
    }
  }
  return copy;
}

/**
 * @param {any} place
 * @param {string | number} name
 */
function copyPlace(place, name) {
  if (name !== 'headers') return copyOf(place, NAMES);
  const headers = place instanceof Headers ? Object.fromEntries(place) : place;
  const names = Object.keys(headers);
  left -= names.length * NAME_COST;
  return copyOf(
    headers,
    names.filter((known) => NAMES.includes(known.toLowerCase())),
  );
}

/** @param {any} message */
const copyMessage = (message) => copyOf(message, [...NAMES, ...PLACES], copyPlace);

/** @param {any} list */
const copyBatch = (list) =>
  Array.isArray(list) &&
  Array.from(
    { length: Math.min(list.length, MOST_ELEMENTS) },
    (_, at) => copyOf(list, [at], copyMessage)[at],
  );

/**
 * JSON that says of an object's carriers what the object says; nothing when that is too much.
 * @param {any} message
 */
function describe(message) {
  left = MOST_TEXT;
  const copy = Array.isArray(message)
    ? copyBatch(message)
    : { ...copyMessage(message), ...copyOf(message, BATCHES, copyBatch) };
  return left > 0 && JSON.stringify(copy);
}

/**
 * Whether text may hold a context. Names in `headers` may be in capitals.
 * @param {string} text
 */
function mayCarry(text) {
  return (
    text.includes('trace') ||
    text.includes('\\u') ||
    (text.includes('headers') && /trace/i.test(text))
  );
}

/**
 * What a message says: the data of an event, else itself.
 * @param {any} message
 */
export function dataOf(message) {
  try {
    return message instanceof MessageEvent ? message.data : message;
  } catch {
    return undefined;
  }
}

/**
 * A message as the crate can scan it: text that may carry something, or bytes; undefined when there is nothing to scan.
 * @param {any} message
 * @returns {string | Uint8Array | undefined}
 */
export function textOf(message) {
  try {
    let data = dataOf(message);
    if (isObject(data)) {
      if (ArrayBuffer.isView(data))
        data = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      else if (data instanceof ArrayBuffer) data = new Uint8Array(data);
      // Of a Blob too, which says nothing at once.
      else data = describe(data);
    }
    return data.length <= MOST_TEXT && (isObject(data) || mayCarry(data)) ? data : undefined;
  } catch {
    // Neither an object nor text, or one that does not want to be read.
    return undefined;
  }
}

/**
 * Copies what `textOf` gave. Returns its length, or minus the room that it needs.
 * @param {string | Uint8Array | undefined} text
 * @param {Uint8Array} out
 */
export function copyText(text, out) {
  if (text === undefined) return 0;
  const { length } = text;
  if (length > out.length) return -length;
  if (typeof text !== 'string') {
    out.set(text);
    return length;
  }
  const { read, written } = encoder.encodeInto(text, out);
  return read < length ? -3 * length : written;
}

/**
 * A context as the page sees it; null when the crate stopped before it said anything.
 * @param {string[]} described as the crate's `contextAt` does
 */
export function messageContext([traceparent, tracestate, baggage, flags]) {
  return flags
    ? {
        traceId: traceparent.slice(3, 35),
        spanId: traceparent.slice(36, 52),
        // The bit above the four of flags: the sender left the decision open.
        sampled: flags.charCodeAt(0) < 64 ? Number(traceparent[54]) % 2 === 1 : undefined,
        traceparent,
        ...(tracestate && { tracestate }),
        ...(baggage && { baggage }),
        source: flags[1] === '8' ? 'sentry' : 'w3c',
      }
    : null;
}

/**
 * Sets headers, or fields of a plain object, in the order of `CARRIERS`; what is empty is not set.
 * @param {any} carrier
 * @param {string[]} values
 */
export function setCarriers(carrier, values) {
  try {
    CARRIERS.forEach((name, index) => {
      const value = values[index];
      if (!value) return;
      if (carrier instanceof Headers) carrier.set(name, value);
      else carrier[name] = value;
    });
  } catch {
    // A frozen object, or a page that changed what Headers are.
  }
}

/**
 * Writes `traceparent`, `tracestate`, `baggage`, `sentry-trace` at the top of an object, all or none.
 * @param {any} message
 * @param {string[]} carriers
 */
export function writeCarriers(message, [traceparent, tracestate, baggage, sentryTrace]) {
  try {
    if (!isObject(message) || !Object.isExtensible(message)) return;
    Object.assign(message, {
      ...(traceparent && { traceparent }),
      ...(tracestate && { tracestate }),
      ...(baggage && { baggage }),
      ...(sentryTrace && {
        'sentry-trace': sentryTrace,
        _sentry: { trace: sentryTrace, ...(baggage && { baggage }) },
      }),
    });
  } catch {
    // A setter or a proxy that does not want them.
  }
}
