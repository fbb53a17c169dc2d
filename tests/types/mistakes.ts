// What the types must refuse: a line that compiles here is an error.
import {
  exportBuffer,
  init,
  setAttributes,
  startSpan,
  traced,
  tracedFetch,
  traceFlow,
  withSpan,
} from 'tracelink';

// @ts-expect-error serviceName is required
init({});
// @ts-expect-error a misspelt option
init({ serviceName: 'x', sampleRatio: 1 });
// @ts-expect-error not a protocol
init({ serviceName: 'x', protocol: 'grpc' });
// @ts-expect-error the server kind is the backend's
startSpan('x', { kind: 'server' });
// @ts-expect-error an attribute is no object
startSpan('x', { attributes: { user: { id: 1 } } });
// @ts-expect-error not a status
startSpan('x').setStatus('unset');
// @ts-expect-error what the callback gives is what withSpan gives
export const text: string = withSpan('x', () => 1);
// @ts-expect-error a response, not a body
export const body: Promise<string> = tracedFetch('/');
// @ts-expect-error json is text
export const bytes: Uint8Array = exportBuffer('json');
// @ts-expect-error ids are read-only
startSpan('x').traceId = '0';
// @ts-expect-error a flow has a function
traceFlow('checkout');
// @ts-expect-error options stand before the function
traceFlow('checkout', () => 1, { attributes: { a: 1 } });
// @ts-expect-error what the flow's function gives is what traceFlow gives
export const count: Promise<number> = traceFlow('checkout', {}, async () => 'text');
// @ts-expect-error a wrapped function keeps its parameters
traced('add', (a: number) => a)('1');
// @ts-expect-error a user is no object
setAttributes({ user: { id: 'u1' } });
// @ts-expect-error a session is kept for a tab or not at all
init({ serviceName: 'x', session: 'browser' });

export class Mistaken {
  // @ts-expect-error methods are decorated, fields are not
  @traced('field')
  field = 1;
}
