// What the collector found wrong with a trace: its cause in one line, behind it all findings with the spans that prove them.
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import {
  type Finding,
  fetchDiagnosis,
  fetchRootCause,
  type RootCause,
  type Waterfall,
} from './collector.ts';
import { count, legibleName } from './format.ts';
import { shared } from './shared-styles.ts';

const BADGES: Record<string, string> = { error: 'badge error', warning: 'badge warning' };

/** Fires `span-select` with the first span of a finding. Shows nothing while nothing is wrong, or not known. */
@customElement('trace-diagnosis')
export class TraceDiagnosis extends LitElement {
  static override styles = [
    shared,
    css`
      :host { display: block; background: var(--surface); }
      details { padding: 0 16px 8px; }
      summary { display: flex; align-items: baseline; gap: 8px; padding: 3px 0; cursor: pointer; }
      summary .told { flex: 1; min-width: 0; }
      summary .more { flex: none; color: var(--muted); }
      .told { overflow-wrap: anywhere; unicode-bidi: isolate; }
      .findings { margin-top: 4px; max-height: 30vh; overflow: auto; }
      .finding { display: flex; align-items: baseline; gap: 8px; padding: 2px 0; }
      .finding button { flex: none; margin-left: auto; height: 24px; }
      .finding .badge { flex: none; min-width: 58px; justify-content: center; }
      @media (max-width: 820px) { details { padding: 0 12px 4px; } }
    `,
  ];

  /** Each time that it changed it is diagnosed anew. */
  @property({ attribute: false }) trace!: Waterfall;
  @state() private findings: Finding[] = [];
  @state() private omitted = 0;
  @state() private cause: RootCause = { class: null };

  private current = new AbortController();

  override disconnectedCallback() {
    this.current.abort();
    super.disconnectedCallback();
  }

  override willUpdate(changed: PropertyValues<this>) {
    if (!changed.has('trace')) return;
    if (changed.get('trace')?.traceId !== this.trace.traceId) {
      this.findings = [];
      this.cause = { class: null };
    }
    this.load();
  }

  private async load() {
    this.current.abort();
    this.current = new AbortController();
    const { signal } = this.current;
    const { traceId } = this.trace;
    try {
      const [diagnosis, cause] = await Promise.all([
        fetchDiagnosis(traceId, signal),
        fetchRootCause(traceId, signal),
      ]);
      if (signal.aborted) return;
      this.findings = diagnosis.findings;
      this.omitted = diagnosis.omitted ?? 0;
      this.cause = cause;
    } catch {
      // The waterfall says when the collector does not answer.
    }
  }

  override render() {
    const { findings, cause, omitted } = this;
    const [first] = findings;
    if (!first) return nothing;
    const headline = cause.class === null ? first.message : cause.message;
    return html`<details>
      <summary>
        <span class=${BADGES[first.severity] ?? 'badge'}>${cause.class === null ? 'Finding' : 'Root cause'}</span>
        <span class="told">${legibleName(headline)}</span>
        <span class="more">${count(findings.length + omitted, 'finding')}</span>
      </summary>
      <div class="findings" role="list">${findings.map((finding) => this.renderFinding(finding))}</div>
      ${omitted > 0 ? html`<p class="muted">${omitted} more are not shown.</p>` : nothing}
    </details>`;
  }

  private renderFinding({ severity, message, spanIds, spanCount }: Finding) {
    const [spanId] = spanIds;
    const select = () =>
      this.dispatchEvent(new CustomEvent('span-select', { detail: spanId ?? null }));
    const name = legibleName(message);
    return html`<div class="finding" role="listitem">
      <span class=${BADGES[severity] ?? 'badge'}>${severity}</span>
      <span class="told">${name}</span>
      <button aria-label=${`Show the span: ${name}`} @click=${select}
        >${spanCount > 1 ? `1 of ${spanCount} spans` : 'Span'}</button>
    </div>`;
  }
}
