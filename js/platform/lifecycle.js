// The page's life, as far as delivery hears of it: hidden, frozen, gone, back, online again, or forbidden to send.

import { call, callToSend } from './hook.js';
import { isEndpoint } from './transport.js';

const EVENTS = [
  'pagehide',
  'pageshow',
  'visibilitychange',
  'freeze',
  'online',
  'securitypolicyviolation',
];
let blocked = false;

/** @param {any} event */
function heard({ type, persisted, disposition, blockedURI, effectiveDirective }) {
  if (type === 'securitypolicyviolation') {
    const forbids = disposition === 'enforce' && effectiveDirective === 'connect-src';
    if (blocked || !forbids || !isEndpoint(blockedURI)) return;
    blocked = true;
    console.warn(`tracelink: the page's content policy forbids ${blockedURI}; nothing is sent`);
    call('blocked');
  } else if (type === 'pagehide') callToSend('pageHidden', !persisted);
  else if (type === 'freeze' || (type === 'visibilitychange' && document.hidden))
    callToSend('pageHidden', false);
  else if (type !== 'pageshow' || persisted) callToSend('flush');
}

/**
 * Listens to the page's life, or stops listening. In the capture phase: events at the document pass, those too that
 * do not bubble.
 * @param {boolean} on
 */
export function watchLife(on) {
  blocked = false;
  try {
    for (const type of EVENTS) (on ? addEventListener : removeEventListener)(type, heard, true);
  } catch {
    // Nobody to listen to.
  }
}
