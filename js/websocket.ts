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

/** The message that a socket's listeners are looking at. */
interface Current {
  _event: MessageEvent;
  _span: Span;
  _watch: Watch | undefined;
  /** When the last listener returned. */
  _time?: number;
}

/** Of a URL, whose query may hold anything, and so may a name and password. */
const HOST_AND_PATH = /:\/\/(?:[^/@]*@)?([^?#]*)/;

/** Records what a listener threw without catching it, so that the page and its tools see it come from where it did. */
function recordUncaught(span: Span): void {
  const record = (event: ErrorEvent): void => {
    span.recordException(event.error ?? event.message);
  };
  addEventListener('error', record, { capture: true, once: true });
  afterTask(() => removeEventListener('error', record, true));
}

/**
 * Gives a socket or event source its own listener methods and `onmessage`, which do what those would that it had before,
 * at the time of the call. Twice is once.
 */
export function traceTarget<T extends WebSocket | EventSource>(
  target: T,
  options: MessageOptions,
  system: string,
  isMessage: (type: unknown) => boolean,
): T {
  /** Each listener's one wrapper, which runs it inside the span of its message. */
  const wrapped = new WeakMap<object, object>();
  let current: Current | undefined;
  let origin: Origin | undefined;

  const close = (): void => {
    if (current) {
      const { _span, _watch, _time } = current;
      current = undefined;
      _span.end(_time);
      if (_watch) showUpdate(_watch, _span, _time as number);
    }
  };

  const enter = (event: MessageEvent): Current | undefined => {
    // What a listener dispatches to its own socket does not end the message that it looks at.
    if (state === OFF || !event.isTrusted) return undefined;
    if (current?._event === event) return current;
    close();
    origin ??= originFrom(system, destinationOf(target, options));
    const span = beginMessage(event, options, origin);
    if (span) {
      current = { _event: event, _span: span, _watch: watchFor(span) };
      // Microtasks run between listeners, so only a task comes after the last of them.
      afterTask(close);
    }
    return current;
  };

  const leave = (message: Current): void => {
    message._time = readClock();
    if (message._watch) noteMutations(message._watch);
  };

  const run = (call: Listener, self: unknown, event: MessageEvent): unknown => {
    const message = enter(event);
    if (!message) return call.call(self, event);
    let returned = false;
    try {
      const result = message._span._run(() => call.call(self, event));
      returned = true;
      return result;
    } finally {
      leave(message);
      if (!returned) recordUncaught(message._span);
    }
  };

  const wrapperOf = (listener: object): object =>
    typeof listener === 'function'
      ? function (this: unknown, event: MessageEvent) {
          return run(listener as Listener, this, event);
        }
      : {
          // The browser looks it up for each event, and each has its own way with what is no function.
          get handleEvent() {
            const { handleEvent } = listener as EventListenerObject;
            return typeof handleEvent === 'function'
              ? (event: MessageEvent) => run(handleEvent, listener, event)
              : handleEvent;
          },
        };

  const wrap = (listener: object): object => {
    if (!wrapped.has(listener)) wrapped.set(listener, wrapperOf(listener));
    return wrapped.get(listener) as object;
  };

  try {
    // It has been here, or keeps its handler in a way of its own.
    if (Object.hasOwn(target, 'onmessage')) return target;
    const { removeEventListener } = EventTarget.prototype;
    // Throws for what is no native target.
    removeEventListener.call(target, '', null);
    const own: object = { __proto__: Object.getPrototypeOf(target), ...target };
    const before = own as EventTarget;
    const method = (name: 'addEventListener' | 'removeEventListener'): PropertyDescriptor => ({
      configurable: true,
      writable: true,
      value: new Proxy(before[name], {
        apply(_, self, args) {
          const [type, listener, options] = args;
          if (self === target && Object(listener) === listener && isMessage(type)) {
            // Read once; the browser reads the rest behind it.
            if (Object(options) === options)
              args[2] = { __proto__: options, capture: options.capture };
            // What was added before tracing, or past it, stands there unwrapped: it is removed, or replaced instead of
            // called twice.
            Reflect.apply(removeEventListener, self, args);
            args[1] = wrap(listener);
          }
          return Reflect.apply(before[name], self, args);
        },
      }),
    });
    let handler: unknown;
    let given: unknown;
    Object.defineProperties(target, {
      addEventListener: method('addEventListener'),
      removeEventListener: method('removeEventListener'),
      onmessage: {
        configurable: true,
        get() {
          const now = Reflect.get(before, 'onmessage', this);
          return now === given ? handler : now;
        },
        set(value) {
          handler = value;
          given = typeof value === 'function' ? wrap(value) : value;
          Reflect.set(before, 'onmessage', given, this);
        },
      },
    });
  } catch {
    // A frozen or foreign object stays as it is.
  }
  return target;
}

/** Where the messages of a target come from, which may be older than the page's own redaction of its URL. */
function destinationOf(target: WebSocket | EventSource, options: MessageOptions): string {
  try {
    const { destination } = options;
    return destination ?? (HOST_AND_PATH.exec(shownUrl(target.url)) as RegExpExecArray)[1];
  } catch {
    return '';
  }
}

export function traceWebSocket(socket: WebSocket, options: MessageOptions = {}): WebSocket {
  return traceTarget(socket, options, 'websocket', (type) => type === 'message');
}

/** Like WebSocket in everything, and makes what WebSocket is when it is called. */
export const tracedWebSocket = /* @__PURE__ */ new Proxy(
  typeof WebSocket === 'function' ? WebSocket : Object,
  {
    construct: (_, args, made) =>
      traceWebSocket(
        Reflect.construct(WebSocket, args, made === tracedWebSocket ? WebSocket : made),
      ),
    apply: (_, __, args) => Reflect.construct(tracedWebSocket, args),
  },
) as typeof WebSocket & ((url: string | URL, protocols?: string | string[]) => WebSocket);
