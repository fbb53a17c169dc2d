// A span that remembers what was said of it, and the few globals of a page that the browser functions read.

/** What was said of a span, in one line: `name start-end [key=value …] (event@time …)` and `!` for an error. */
export class RecordedSpan {
  children = [];
  attributes = [];
  events = [];
  failed = '';
  ended;
  _handle = 1;

  constructor(name, start) {
    this.name = name;
    this.start = start;
  }

  setAttribute(key, value) {
    this.attributes.push(`${key}=${value}`);
  }

  setStatus(code) {
    if (code === 'error') this.failed = '!';
  }

  addEvent(name, _attributes, time) {
    this.events.push(`${name}@${time}`);
  }

  child(name, { startTime, attributes }) {
    const child = new RecordedSpan(name, startTime);
    for (const [key, value] of Object.entries(attributes)) child.setAttribute(key, value);
    this.children.push(child);
    return child;
  }

  _end(time) {
    this.ended ??= time;
  }

  toString() {
    const times = `${this.start}-${this.ended ?? ''}`;
    return `${this.name}${this.failed} ${times} [${this.attributes.join(' ')}] (${this.events.join(' ')})`;
  }
}

/** What a page has and Node has not. */
export function becomePage(timing = {}) {
  globalThis.location = { href: 'https://a.example/?page=1', origin: 'https://a.example' };
  globalThis.document = { readyState: 'complete', hidden: false, querySelector: () => null };
  // Node's own would keep the process alive.
  globalThis.MessageChannel = class {
    port1 = {};
    port2 = { postMessage: () => setImmediate(() => this.port1.onmessage()) };
  };
  globalThis.PerformanceObserver = class {
    observe() {}
    disconnect() {}
  };
  Object.defineProperty(performance, 'getEntriesByType', {
    value: (type) => timing[type] ?? [],
    configurable: true,
  });
}
