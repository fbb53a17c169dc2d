// Traced sockets: native ones whose message listeners run inside the message's span. Event sources work the same way.

import { readClock } from './clock.ts';
import { beginMessage, type Origin, originFrom, watchFor } from './message-span.ts';
import { afterTask } from './platform/update.js';
import { shownUrl } from './platform/url.js';
import type { Span } from './span.ts';
import { OFF, state } from './state.ts';
import type { MessageOptions } from './types.d.ts';
import { noteMutations, showUpdate, type Watch } from './update.ts';

type Listener = (this: unknown, event: MessageEvent) => unknown;
type Add = EventTarget['addEventListener'];

/** The message that a socket's listeners are looking at. */
interface Current {
  _event: MessageEvent;
  _span: Span;
  _watch: Watch | undefined;
  /** When the last listener returned. */
  _time?: number;
}

const traced = new WeakSet<EventTarget>();

/** Records what a listener threw without catching it, so that the page and its tools see it come from where it did. */
function recordUncaught(span: Span): void {
  const record = (event: ErrorEvent): void => {
    span.recordException(event.error ?? event.message);
  };
  addEventListener('error', record, { capture: true, once: true });
  afterTask(() => removeEventListener('error', record, true));
}

/** Wraps listeners of one socket, so that each runs inside the span of its message. */
function wrapper(options: MessageOptions, origin: () => Origin): (listener: object) => Listener {
  const wrapped = new WeakMap<object, Listener>();
  let current: Current | undefined;
  let known: Origin | undefined;

  const close = (): void => {
    if (!current) return;
    const { _span, _watch, _time } = current;
    current = undefined;
    _span.end(_time);
    if (_watch) showUpdate(_watch, _span, _time as number);
  };

  const enter = (event: MessageEvent): Current | undefined => {
    // What a listener dispatches to its own socket does not end the message that it looks at.
    if (state === OFF || !event.isTrusted) return undefined;
    if (current?._event === event) return current;
    close();
    known ??= origin();
    const span = beginMessage(event, options, known);
    if (!span) return undefined;
    current = { _event: event, _span: span, _watch: watchFor(span) };
    // Microtasks run between listeners, so only a task comes after the last of them.
    afterTask(close);
    return current;
  };

  const leave = (message: Current): void => {
    message._time = readClock();
    if (message._watch) noteMutations(message._watch);
  };

  const wrap = (listener: object): Listener => {
    // Looked up for each event, as the browser does with listener objects.
    const call: Listener =
      typeof listener === 'function'
        ? (listener as Listener)
        : (event) => (listener as { handleEvent: Listener }).handleEvent(event);
    return function (this: unknown, event) {
      const message = enter(event);
      if (!message) return call.call(this, event);
      let returned = false;
      try {
        const result = message._span._run(() => call.call(this, event));
        returned = true;
        return result;
      } finally {
        leave(message);
        if (!returned) recordUncaught(message._span);
      }
    };
  };

  return (listener) => {
    let wrapping = wrapped.get(listener);
    if (!wrapping) {
      wrapping = wrap(listener);
      wrapped.set(listener, wrapping);
    }
    return wrapping;
  };
}

/** Gives a socket or event source its own listener methods and `onmessage`. Twice is once. */
export function traceTarget<T extends WebSocket | EventSource>(
  target: T,
  options: MessageOptions,
  system: string,
  messages: RegExp,
  isNew: boolean,
): T {
  try {
    if (traced.has(target)) return target;
    const { destination } = options;
    // A socket may be older than the page's own redaction of its URL.
    const wrap = wrapper(options, () =>
      originFrom(system, destination ?? hostAndPath(shownUrl(target.url))),
    );
    const { addEventListener: add, removeEventListener: remove }: EventTarget = target;
    const prototype = Object.getPrototypeOf(target);
    const wraps = (self: unknown, [type, listener]: unknown[]) =>
      self === target &&
      (typeof listener === 'function' || (typeof listener === 'object' && listener !== null)) &&
      typeof type === 'string' &&
      messages.test(type);
    const own = (native: Add) =>
      function (this: EventTarget, ...args: Parameters<Add>): void {
        if (!wraps(this, args)) return native.apply(this, args);
        const [type, listener, ...rest] = args;
        // Listeners from before tracing stand there unwrapped: they are removed, or replaced instead of called twice.
        if (!isNew) remove.apply(this, args as Parameters<EventTarget['removeEventListener']>);
        return native.call(this, type, wrap(listener as object) as EventListener, ...rest);
      };
    let handler: unknown;
    let wrappedHandler: unknown;
    const define = (name: string, property: PropertyDescriptor) =>
      Object.defineProperty(target, name, { configurable: true, ...property });
    define('addEventListener', { writable: true, value: own(add) });
    define('removeEventListener', { writable: true, value: own(remove as Add) });
    define('onmessage', {
      get() {
        const now = Reflect.get(prototype, 'onmessage', target);
        return wrappedHandler && now === wrappedHandler ? handler : now;
      },
      set(value) {
        handler = value;
        wrappedHandler = typeof value === 'function' ? wrap(value) : undefined;
        Reflect.set(prototype, 'onmessage', wrappedHandler ?? value, target);
      },
    });
    traced.add(target);
  } catch {
    // A frozen or foreign object stays as it is.
  }
  return target;
}

/** Host and path of a URL: the query may hold anything. */
function hostAndPath(url: string): string {
  try {
    const { host, pathname } = new URL(url);
    return host + pathname;
  } catch {
    return '';
  }
}

function wrapSocket(socket: WebSocket, options: MessageOptions, isNew: boolean): WebSocket {
  return traceTarget(socket, options, 'websocket', /^message$/, isNew);
}

export function traceWebSocket(socket: WebSocket, options: MessageOptions = {}): WebSocket {
  return wrapSocket(socket, options, false);
}

/** Like WebSocket in everything, and makes what WebSocket is when it is called. */
export const tracedWebSocket = /* @__PURE__ */ new Proxy(
  typeof WebSocket === 'function' ? WebSocket : Object,
  {
    construct: (_, args, made) =>
      wrapSocket(
        Reflect.construct(WebSocket, args, made === tracedWebSocket ? WebSocket : made),
        {},
        true,
      ),
    apply: (_, __, args) => wrapSocket(Reflect.construct(WebSocket, args), {}, true),
  },
) as typeof WebSocket & ((url: string | URL, protocols?: string | string[]) => WebSocket);
