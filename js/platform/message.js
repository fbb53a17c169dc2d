// Messages of the page: as text for the crate's scanner, its contexts as objects, carriers written back.
// Whatever the page put into a message, nothing here throws and nothing takes long.

export const encoder = new TextEncoder();
export const decoder = new TextDecoder();

/** The names of the headers, and of the fields of a message, that carry context. */
export const CARRIERS = ['traceparent', 'tracestate', 'baggage', 'sentry-trace'];

const NAMES = [...CARRIERS, 'trace'];
const PLACES = ['_sentry', '_trace', 'headers', 'metadata', 'meta'];
const BATCHES = ['updates', 'events', 'messages'];

/** As many elements of a batch as the crate looks at. */
const MOST_ELEMENTS = 10000;
/** Longer carriers than this are over every limit; longer messages than that carry no context worth their reading. */
const MOST_CARRIER = 9000;
const MOST_TEXT = 16777216;
/** Names of `headers` that are looked at, since they have no case. */
const MOST_HEADERS = 200;

/** @param {unknown} value */
const isObject = (value) => typeof value === 'object' && value !== null;

/**
 * What an object itself says under these names: carriers as they are, what holds more of them as `inside` reads it.
 * @param {any} object
 * @param {(string | number)[]} names
 * @param {((value: any, name: string | number) => unknown)} [inside]
 */
function copyOf(object, names, inside) {
  /** @type {Record<string, unknown>} */
  const copy = {};
  for (const name of names) {
    try {
      const value = Object.hasOwn(object, name) ? object[name] : 0;
      if (typeof value === 'string') copy[name] = value.slice(0, MOST_CARRIER);
      else if (inside && isObject(value)) copy[name] = inside(value, name);
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
  if (place instanceof Headers)
    return Object.fromEntries(
      CARRIERS.map((known) => [known, place.get(known)?.slice(0, MOST_CARRIER)]),
    );
  const names = Object.keys(place).slice(0, MOST_HEADERS);
  return copyOf(
    place,
    names.filter((known) => NAMES.includes(known.toLowerCase())),
  );
}

/** @param {any} element */
const copyElement = (element) => (Array.isArray(element) ? 0 : copyMessage(element));

/** @param {any} list */
function copyBatch(list) {
  if (!Array.isArray(list)) return 0;
  return Array.from({ length: Math.min(list.length, MOST_ELEMENTS) }, (_, at) => {
    const element = copyOf(list, [at], copyElement)[at];
    return isObject(element) ? element : 0;
  });
}

/** @param {any} message */
const copyMessage = (message) => copyOf(message, [...NAMES, ...PLACES], copyPlace);

/**
 * JSON that says of an object's carriers what the object says.
 * @param {any} message
 */
function describe(message) {
  return JSON.stringify(
    Array.isArray(message)
      ? copyBatch(message)
      : { ...copyMessage(message), ...copyOf(message, BATCHES, copyBatch) },
  );
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
    const data = dataOf(message);
    if (typeof data === 'string')
      return data.length <= MOST_TEXT && mayCarry(data) ? data : undefined;
    if (!isObject(data) || data instanceof Blob) return undefined;
    let bytes;
    if (ArrayBuffer.isView(data))
      bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    else if (data instanceof ArrayBuffer) bytes = new Uint8Array(data);
    if (bytes) return bytes.length <= MOST_TEXT ? bytes : undefined;
    const text = describe(data);
    return text.length <= MOST_TEXT && mayCarry(text) ? text : undefined;
  } catch {
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
 * A context as the page sees it.
 * @param {string[]} described as the crate's `contextAt` does
 */
export function messageContext([traceparent, tracestate, baggage, flags]) {
  return {
    traceId: traceparent.slice(3, 35),
    spanId: traceparent.slice(36, 52),
    // The bit above the four of flags: the sender left the decision open.
    sampled: flags.charCodeAt(0) < 64 ? Number(traceparent[54]) % 2 === 1 : undefined,
    traceparent,
    ...(tracestate && { tracestate }),
    ...(baggage && { baggage }),
    source: flags[1] === 'w' ? 'w3c' : 'sentry',
  };
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
