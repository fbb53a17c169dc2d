// tracePageLoad: the span of the document's load, and those of navigations inside the page.

import { crate, PAGE } from './bridge.ts';
import { parentReader } from './parent.ts';
import { endWithLoad, serverContexts } from './platform/page.js';
import { afterPaint } from './platform/update.js';
import { shownUrl } from './platform/url.js';
import type { Span } from './span.ts';
import { inertSpan, startSpan } from './start.ts';
import { guard, OFF, soon, state } from './state.ts';
import type { Attributes, InitOptions, Parent, SpanOptions } from './types.d.ts';

/** Most resource spans. */
let resources = 50;
/** The document's load has its span. */
let loadTraced = false;

export function configurePage(options: InitOptions): void {
  resources = options.pageLoad?.resources ?? 50;
}

export function tracePageLoad(name?: string, attributes?: Attributes): Span {
  if (state === OFF || !self.document) return inertSpan();
  const all = {
    'page.name': name,
    'url.full': shownUrl(location.href),
  };
  const isLoad = !loadTraced;
  loadTraced = true;
  const span = isLoad
    ? startSpan('documentLoad', { startTime: 0, attributes: all, ...placeOfLoad() })
    : startSpan('navigation', { attributes: all, parent: null });
  if (attributes) span.setAttributes(attributes);
  // Of a page that is not recorded too: no link rather than one to the page before.
  soon(() => guard(() => crate.set(span._handle, 0, PAGE, 0)), true);
  span._do(() => {
    if (isLoad) endWithLoad(span, resources);
    else afterPaint((time) => span._end(time));
  }, true);
  // It ends with the page's load or the next paint, not when the page says so.
  span.end = () => {};
  return span;
}

/** Below the server's span; what may be another visitor's is only linked. */
function placeOfLoad(): Pick<SpanOptions, 'parent' | 'links'> {
  const found = serverContexts().filter(({ carriers }) => parentReader(carriers)());
  const fresh = found.find(({ stale }) => !stale);
  if (!fresh) {
    const links = found.map(({ carriers }) => ({
      context: carriers as Parent,
      attributes: { 'tracelink.link': 'stale' },
    }));
    return { parent: null, links };
  }
  const parent = fresh.carriers;
  const { traceparent, baggage, 'sentry-trace': sentry } = parent;
  const isOther = traceparent && sentry && sentry.slice(0, 32) !== traceparent.slice(3, 35);
  return {
    parent: parent as Parent,
    links: isOther ? [{ context: { 'sentry-trace': sentry, baggage } }] : [],
  };
}
