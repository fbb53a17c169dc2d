// The latest traces of this page with their links to the viewer, and whether tracing runs at all.
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { type InitResult, onSpanEnd, stats } from 'tracelink';

const REASONS: Record<string, string> = {
  disabled: 'it is switched off',
  server: 'this is not a browser',
  csp: "the page's content security policy forbids WebAssembly",
  unsupported: 'this browser is too old',
  load: 'its WebAssembly file could not be loaded',
  config: 'an option is wrong',
};

const REFRESH_MS = 1000;

@customElement('trace-status')
export class TraceStatus extends LitElement {
  static override styles = css`
    :host { display: block; }
    dl { display: grid; grid-template-columns: auto 1fr; gap: 4px 14px; margin: 0; }
    dt { color: var(--muted); }
    dd { margin: 0; min-width: 0; overflow: hidden; text-overflow: ellipsis; font-variant-numeric: tabular-nums; }
    a { color: var(--accent); }
    a, code { font-family: var(--mono); font-size: 12px; white-space: nowrap; }
    :focus-visible { outline: 2px solid var(--accent); }
  `;

  /** The collector, which is the viewer too. */
  @property({ attribute: false }) collector: string | undefined;
  @property({ attribute: false }) start: InitResult | undefined;
  @property({ attribute: false }) pageTrace: string | undefined;
  @property({ attribute: false }) clickTrace: string | undefined;
  @property({ attribute: false }) updateTrace: string | undefined;
  @state() private counts = '';

  private stopListening: (() => void) | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback() {
    super.connectedCallback();
    this.stopListening = onSpanEnd(() => this.count());
    this.timer = setInterval(() => this.count(), REFRESH_MS);
  }

  override disconnectedCallback() {
    this.stopListening?.();
    clearInterval(this.timer);
    super.disconnectedCallback();
  }

  private count() {
    const { ended, delivered, pending, dropped } = stats();
    const lost = Object.values(dropped).reduce((sum, n) => sum + (n ?? 0), 0);
    const counts = `${ended} ended, ${delivered} delivered, ${pending} waiting`;
    this.counts = lost > 0 ? `${counts}, ${lost} dropped` : counts;
  }

  override render() {
    return html`
      <dl>
        <dt>Tracing</dt>
        <dd>${this.describeStart()}</dd>
        ${this.renderTrace('Page load', 'page', this.pageTrace)}
        ${this.renderTrace('Last click', 'click', this.clickTrace)}
        ${this.renderTrace('Last update', 'update', this.updateTrace)}
        ${this.start?.ok ? html`<dt>Spans</dt><dd>${this.counts}</dd>` : nothing}
      </dl>
    `;
  }

  private renderTrace(label: string, id: string, traceId: string | undefined) {
    if (!this.start?.ok || !traceId) return nothing;
    const viewer = this.collector?.replace(/\/+$/, '');
    return html`<dt>${label}</dt>
      <dd>
        ${
          viewer
            ? html`<a id=${id} href="${viewer}/#/trace/${traceId}" target="_blank" rel="noopener">${traceId}</a>`
            : html`<code id=${id}>${traceId}</code>`
        }
      </dd>`;
  }

  private describeStart() {
    if (!this.start) return 'starting…';
    if (this.start.ok) return 'on';
    return `off: ${REASONS[this.start.reason] ?? this.start.reason}. The page works without it.`;
  }
}
