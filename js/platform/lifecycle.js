// The page's life, as far as delivery hears of it: hidden, frozen, gone, back, online again, or forbidden to send.

import { call, callToSend } from './hook.js';
import { keepNow } from './storage.js';
import { isEndpoint } from './transport.js';

let blocked = false;

const flush = () => callToSend('flush');
/** @param {number} gone 1: not to come back; 2: surely */
const pause = (gone) => {
  callToSend('pageHidden', gone);
  keepNow(gone > 1);
};

/** @type {Record<string, (event: any) => void>} */
const HEARD = {
  pagehide({ isTrusted, persisted }) {
    pause(persisted ? 0 : 1 + isTrusted);
  },
  freeze: () => pause(0),
  visibilitychange: () => (document.hidden ? pause(0) : flush()),
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
