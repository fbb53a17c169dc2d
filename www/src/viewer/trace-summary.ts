// The head of a trace's page: its name and its facts.
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Waterfall } from './collector.ts';
import { count, formatDuration, formatExact, formatStart, legibleName } from './format.ts';
import { errorMark, linkIcon } from './icons.ts';
import { traceHash } from './route.ts';
import { isError, isIncomplete } from './rows.ts';
import { shared } from './shared-styles.ts';
import './copy-button.ts';

/** Fires `find-error` when the number of errors is clicked. */
@customElement('trace-summary')
export class TraceSummaryHead extends LitElement {
  static override styles = [
    shared,
    css`
      :host { display: block; padding: 12px 16px 10px; background: var(--surface); }
      h1 {
        margin: 0; font-size: 17px; font-weight: 600; letter-spacing: -0.01em; overflow-wrap: anywhere; unicode-bidi: isolate;
        display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden;
      }
      .facts { display: flex; flex-wrap: wrap; align-items: center; gap: 0 18px; margin: 2px 0 0; color: var(--muted); }
      .facts b { color: var(--text); font-weight: 500; }
      .error { height: 22px; border: 0; cursor: pointer; }
      .id { display: inline-flex; align-items: center; overflow-wrap: anywhere; }
      @media (max-width: 820px) {
        :host { padding: 8px 12px 4px; }
        h1 { font-size: 15px; }
        .facts { gap: 0 12px; }
      }
    `,
  ];

  @property({ attribute: false }) trace!: Waterfall;

  override render() {
    const { spans, durationMs, traceId } = this.trace;
    const [root] = spans;
    const errors = spans.filter(isError).length;
    const incomplete = spans.filter(isIncomplete).length;
    const start = earliest(spans);
    return html`
      <h1>${legibleName(root?.name ?? '')}</h1>
      <p class="facts">
        <span title=${formatExact(start)}>Started <b class="number">${formatStart(start)}</b></span>
        <span>Duration <b class="number">${formatDuration(durationMs)}</b></span>
        <span><b class="number">${count(spans.length, 'span')}</b></span>
        ${
          errors > 0
            ? html`<button class="badge error" title="Go to the next error" @click=${this.findError}
                >${errorMark}${count(errors, 'error')}</button>`
            : nothing
        }
        ${incomplete > 0 ? html`<span class="badge warning">${incomplete} incomplete</span>` : nothing}
        <span class="id"><span class="mono">${traceId}</span>
          <copy-button .what=${'the trace id'} .text=${() => traceId}></copy-button>
          <copy-button .what=${'a link to this trace'} .icon=${linkIcon}
            .text=${() => new URL(traceHash(traceId), location.href).href}></copy-button>
        </span>
      </p>
    `;
  }

  private readonly findError = () => {
    this.dispatchEvent(new CustomEvent('find-error'));
  };
}

/** With clocks that differ the first span of the tree is not always the first in time. */
function earliest(spans: Waterfall['spans']): string {
  const [first, ...others] = spans;
  if (!first) return '';
  const start = others.reduce((best, span) => (span.offsetMs < best.offsetMs ? span : best), first);
  return start.startTimeUnixNano;
}
