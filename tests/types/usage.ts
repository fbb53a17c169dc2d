// Every function of the public API as a page would use it: compiles against the package's types.
import {
  type Attributes,
  activeSpan,
  bufferedSpans,
  clearBuffer,
  type DropReason,
  exportBuffer,
  extractMessageContext,
  extractMessageContexts,
  type FlushResult,
  flush,
  type InitOptions,
  type InitResult,
  init,
  injectMessageContext,
  type MessageContext,
  onSpanEnd,
  type Span,
  type SpanRecord,
  type Stats,
  setAttributes,
  shutdown,
  startSpan,
  stats,
  traceApiCall,
  traced,
  tracedFetch,
  tracedWebSocket,
  traceEventSource,
  traceFlow,
  traceMessage,
  tracePageLoad,
  traceUpdate,
  traceWebSocket,
  withSpan,
} from 'tracelink';

const options: InitOptions = {
  serviceName: 'shop',
  serviceVersion: '1.2.3',
  environment: 'production',
  resource: { 'deployment.region': 'eu', replicas: 3, canary: false, unset: undefined, none: null },
  endpoint: null,
  propagate: ['w3c', 'sentry'],
  tracePropagationTargets: ['/api', /^https:\/\/api\./, { not: '/api/public' }],
  sampleRate: null,
  tracesSampler: ({ name, inheritOrSampleWith }) => (name === 'x' ? 0 : inheritOrSampleWith(0.5)),
  redact: { queryParameters: ['ssn'], url: (url) => url.toLowerCase() },
  buffer: { maxBytes: 1 << 20, retain: 10 },
  persist: { maxAgeMs: 1000 },
  debug: 'console',
  wasm: { url: new URL('https://cdn.example/tracelink.wasm') },
};

export async function page(): Promise<string> {
  const result: InitResult = await init(options);
  if (!result.ok) {
    const reason: 'disabled' | 'server' | 'csp' | 'unsupported' | 'load' | 'config' = result.reason;
    return `${reason}: ${result.error?.message ?? ''}`;
  }
  const load: Span = tracePageLoad('home', { 'page.kind': 'landing' });
  setAttributes({ 'user.id': 'u1', tenant: null });

  const response: Response = await tracedFetch('/api/items', { method: 'POST' });
  const count: number = withSpan('count', (span) => span.setAttribute('n', 1).traceId.length);
  const later: Promise<string> = traceApiCall('call', { parent: load }, async (span) => {
    const inner = await span.fetch('/api');
    return inner.text();
  });
  traceFlow('checkout', () => {});
  const text: string = traceUpdate('render', { parent: null }, () => 'done');
  const add = traced('add', (a: number, b: number) => a + b);
  const sum: number = add(1, 2);

  using span = startSpan('work', {
    kind: 'producer',
    startTime: performance.now(),
    links: [{ context: { 'sentry-trace': 'x' }, attributes: { why: 'test' } }],
  });
  span
    .setAttributes({ list: ['a', 'b'], numbers: [1, 2], flags: [true] })
    .addEvent('step', { n: 1 }, performance.now())
    .addLink(load)
    .setStatus('error', 'broken')
    .setOk()
    .recordException(new Error('x'))
    .updateName('work 2')
    .end();
  const child: Span = span.child('child', { attributes: { a: 1 } });
  const ran: boolean = child.run(() => child.sampled);
  const bound: (n: number) => string = child.bind((n: number) => String(n));
  const headers: Headers = child.inject(new Headers());
  const plain: { a: number } = child.inject({ a: 1 });
  const active: Span | undefined = activeSpan();

  const kept: SpanRecord[] = bufferedSpans();
  const stop: () => void = onSpanEnd((record) => record.attributes);
  stop();
  const json: string = exportBuffer();
  const bytes: Uint8Array = exportBuffer('protobuf');
  clearBuffer();
  const flushed: FlushResult = await flush();
  const now: Stats = stats();
  const lost: number | undefined = now.dropped['buffer_full' satisfies DropReason];
  await shutdown({ discard: true });
  const seen: unknown[] = [response, count, await later, text, sum, ran, bound(1), headers, plain];
  seen.push(active, kept, json, bytes, flushed, lost);
  return seen.join();
}

export function messages(event: MessageEvent): number {
  const context: MessageContext | null = extractMessageContext(event);
  const all: MessageContext[] = extractMessageContexts([event.data]);
  const message: { type: string } = injectMessageContext({ type: 'x' }, startSpan('send'));
  const length: number = traceMessage(event, (span) => span.traceId.length, {
    relation: 'link',
    name: (data) => (data === null ? null : 'process orders'),
  });
  const socket: WebSocket = new tracedWebSocket('wss://x.example', ['v1']);
  const called: WebSocket = tracedWebSocket('wss://x.example');
  const same: WebSocket = traceWebSocket(socket, { untraced: true, sampleRate: 0.5 });
  const source: EventSource = traceEventSource(new EventSource('/events'));
  const sampled: boolean | undefined = context?.sampled;
  const parent = startSpan('x', { parent: context ?? undefined });
  return [all, message, called, same, source, sampled, parent].length + length;
}

export class Cart {
  static last?: Cart;

  @traced('cart.add')
  add(attributes: Attributes): number {
    return Object.keys(attributes).length;
  }

  @traced('cart.save')
  async save(path = '/api/cart'): Promise<Response> {
    return (await activeSpan()?.fetch(path)) ?? tracedFetch(path);
  }

  @traced('cart.restore')
  static restore<T extends Cart>(cart: T): T {
    Cart.last = cart;
    return cart;
  }
}

export async function contexts(cart: Cart): Promise<unknown[]> {
  // A decorated method has the type that it was written with.
  const added: number = cart.add({ a: 1 });
  const saved: Promise<Response> = cart.save();
  const restored: Cart = Cart.restore(cart);
  // So has a function that is wrapped or bound.
  const load: (id: string) => Promise<string> = traced('load', async (id: string) => id);
  const generic = traced('first', <T>(list: T[]): T | undefined => list[0]);
  const first: number | undefined = generic([1]);
  // With and without options, synchronous and not: what the function gives comes back.
  const flow: number = traceFlow('checkout', (span) => span.traceId.length);
  const later: Promise<number> = traceFlow('checkout', async (span) => span.spanId.length);
  const withOptions: Promise<void> = traceFlow(
    'checkout',
    { attributes: { 'cart.items': 3, gift: null }, parent: null },
    async (span) => {
      await span.fetch('/api/pay');
    },
  );
  const never: Promise<never> = traceFlow('checkout', {}, () => new Promise<never>(() => {}));
  const nothing: undefined = withSpan('work', { parent: startSpan('outer') }, () => undefined);
  const bound: (path?: string) => Promise<Response> = startSpan('x').bind(cart.save);
  setAttributes({ 'user.id': 'u1', role: 'admin', tenant: null });
  return [added, saved, restored, load, first, flow, later, withOptions, never, nothing, bound];
}
