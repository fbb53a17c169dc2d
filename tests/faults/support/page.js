// A page that traces itself: starts tracelink with the options of its address, and ends spans when it is told to.
import * as tracelink from '/dist/index.js';

const BRANCHES = 10;
const given = new URL(location.href).searchParams.get('options');

globalThis.tracelink = tracelink;
globalThis.started = tracelink.init({ serviceName: 'faults', ...JSON.parse(given ?? '{}') });
tracelink.tracePageLoad();

/** Characters that do not compress. */
function noise(length) {
  const bytes = crypto.getRandomValues(new Uint8Array(Math.ceil((length * 3) / 4)));
  return btoa(String.fromCharCode(...bytes)).slice(0, length);
}

/**
 * Ends so many spans in one task, each with an attribute of `size` characters: traces of a root and its children.
 * Returns [traceId, spanId, name] of each, in the order in which they ended.
 */
globalThis.endSpans = (count, { name = 's', size = 100 } = {}) => {
  const ended = [];
  const end = (span, label) => {
    span.end();
    ended.push([span.traceId, span.spanId, label]);
  };
  let root;
  for (let index = 0; index < count; index++) {
    const attributes = { index, fill: noise(size) };
    const label = `${name}${index}`;
    if (index % BRANCHES === 0) {
      root = tracelink.startSpan(label, { parent: null, attributes });
      end(root, label);
    } else {
      end(root.child(label, { attributes }), label);
    }
  }
  return ended;
};
