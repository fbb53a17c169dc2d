// The page's life, as far as delivery hears of it: hidden, frozen, gone, back, online again, or forbidden to send.

import { call, callToSend } from './hook.js';
import { isEndpoint } from './transport.js';

let blocked = false;

const flush = () => callToSend('flush');
const pause = () => callToSend('pageHidden', false);

/** @type {Record<string, (event: any) => void>} */
const HEARD = {
  pagehide: ({ persisted }) => callToSend('pageHidden', !persisted),
  freeze: pause,
  visibilitychange: () => (document.hidden ? pause : flush)(),
  pageshow: ({ persisted }) => persisted && flush(),
  online: flush,
  securitypolicyviolation({ disposition, blockedURI, effectiveDirective }) {
    const forbids = disposition === 'enforce' && effectiveDirective === 'connect-src';
    if (blocked || !forbids || !isEndpoint(blockedURI)) return;
    blocked = true;
    console.warn('tracelink: connect-src forbids its endpoint; nothing is sent');
    call('blocked');
  },
};

/**
 * Listens to the page's life, or stops listening. In the capture phase: events at the document pass, those too that
 * do not bubble.
 * @param {boolean} on
 */
export function watchLife(on) {
  blocked = false;
  try {
    for (const [type, listener] of Object.entries(HEARD))
      (on ? addEventListener : removeEventListener)(type, listener, true);
  } catch {
    // Nobody to listen to.
  }
}
