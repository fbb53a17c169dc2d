// Values as they are compared: what the case gave a name by that, everything else by what can be seen of it.

const DEEPEST = 4;

function shownError(error) {
  const { name, code, message } = error;
  const realm = error instanceof Error ? '' : ' of another realm';
  const kind = Object.prototype.toString.call(error).slice(8, -1);
  return { error: `${name} ${kind}${realm}`, code, ...(window.own?.has(error) && { message }) };
}

function shownResponse({ type, url, status, statusText, ok, redirected, bodyUsed, headers }) {
  const fields = [...headers].filter(([name]) => !/^(date|keep-alive|connection)$/.test(name));
  return { type, url, status, statusText, ok, redirected, bodyUsed, headers: fields };
}

/** Something that survives JSON and tells apart what a page can tell apart. */
export function show(value, names = new Map(), depth = 0) {
  if (names.has(value)) return `<${names.get(value)}>`;
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object') return `${typeof value} ${String(value).slice(0, 40)}`;
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (value instanceof Error || kind === 'Error' || kind === 'DOMException')
    return shownError(value);
  if (value instanceof Response) return shownResponse(value);
  if (value instanceof ArrayBuffer) return `ArrayBuffer ${[...new Uint8Array(value)]}`;
  if (ArrayBuffer.isView(value)) return `${kind} ${[...new Uint8Array(value.buffer)]}`;
  if (depth > DEEPEST) return '…';
  if (Array.isArray(value)) return value.map((each) => show(each, names, depth + 1));
  if (Object.getPrototypeOf(value) !== Object.prototype) return kind;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, show(each, names, depth + 1)]),
  );
}
