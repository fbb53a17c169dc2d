// One trace: what it is, its waterfall, and the details of the chosen span.
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { fetchWaterfall, type Waterfall } from './collector.ts';
import { count, formatDuration, formatExact, formatStart } from './format.ts';
import { traceHash } from './route.ts';
import { serviceColours } from './service-colours.ts';
import { shared } from './shared-styles.ts';
import './span-details.ts';
import './trace-waterfall.ts';

/** Spans of one trace arrive from several senders within seconds: look again a few times. */
const LOOK_AGAIN_MS = [1000, 2000, 4000, 8000, 16_000];
/** A trace as large as this is looked at once. */
const LARGE = 2000;

@customElement('trace-page')
export class TracePage extends LitElement {
  static override styles = [
    shared,
    css`
      :host { display: flex; flex-direction: column; }
      .summary { flex: none; padding: 10px 16px; background: var(--surface); border-bottom: 1px solid var(--line); }
      h1 { margin: 0; font-size: 16px; font-weight: 600; overflow-wrap: anywhere; }
      .facts { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 4px 0 0; color: var(--muted); }
      .facts b { color: var(--text); font-weight: 500; }
      .services { display: flex; flex-wrap: wrap; gap: 2px 14px; margin: 6px 0 0; }
      .services span { display: inline-flex; align-items: center; gap: 5px; }
      .body { flex: 1; min-height: 0; display: flex; }
      trace-waterfall { flex: 1; min-width: 0; }
      span-details { flex: none; width: min(400px, 40%); border-left: 1px solid var(--line); }
      .id { user-select: all; overflow-wrap: anywhere; }
      @media (max-width: 820px) {
        .body { flex-direction: column; }
        span-details { width: auto; height: 55%; border-left: 0; border-top: 1px solid var(--line); }
        .summary { padding: 8px 12px; }
        h1 { font-size: 15px; }
      }
    `,
  ];

  @property({ attribute: false }) traceId = '';
  @property({ attribute: false }) spanId: string | undefined;
  @state() private trace: Waterfall | undefined;
  @state() private failure = '';

  private current = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback() {
    this.stop();
    super.disconnectedCallback();
  }

  override willUpdate(changed: PropertyValues<this>) {
    if (!changed.has('traceId')) return;
    this.stop();
    this.current = new AbortController();
    this.trace = undefined;
    this.load(0);
  }

  private stop() {
    clearTimeout(this.timer);
    this.current.abort();
  }

  private async load(looks: number) {
    const { signal } = this.current;
    try {
      const trace = await fetchWaterfall(this.traceId, signal);
      if (signal.aborted) return;
      this.failure = '';
      if (!isSame(this.trace, trace)) this.trace = trace;
    } catch (error) {
      if (signal.aborted) return;
      this.failure = (error as Error).message;
    }
    const wait = LOOK_AGAIN_MS[looks];
    if (wait === undefined || (this.trace?.spans.length ?? 0) > LARGE) return;
    this.timer = setTimeout(() => this.load(looks + 1), wait);
  }

  override render() {
    const { trace } = this;
    if (!trace) {
      return html`<div class="notice">
        ${this.failure ? html`<strong>${this.failure}</strong>` : 'Loading…'}
        <span class="mono">${this.traceId}</span>
      </div>`;
    }
    const colours = serviceColours(trace.spans.map(({ serviceName }) => serviceName));
    const chosen = trace.spans.find(({ spanId }) => spanId === this.spanId);
    return html`
      ${this.failure ? html`<div class="banner" role="alert">${this.failure}</div>` : nothing}
      ${this.renderSummary(trace, colours)}
      <div class="body">
        <trace-waterfall .spans=${trace.spans} .durationMs=${trace.durationMs} .colours=${colours}
          .selected=${chosen?.spanId} @span-select=${this.onSelect}></trace-waterfall>
        ${
          chosen
            ? html`<span-details .span=${chosen} .colour=${colours.get(chosen.serviceName) ?? 0}
                @span-select=${this.onSelect}></span-details>`
            : nothing
        }
      </div>
    `;
  }

  private renderSummary(trace: Waterfall, colours: Map<string, number>) {
    const [root] = trace.spans;
    const errors = trace.spans.filter(({ status }) => status.code === 'error').length;
    const start = root?.startTimeUnixNano ?? '';
    return html`<div class="summary">
      <h1>${root?.name || '(no name)'}</h1>
      <p class="facts">
        <span title=${formatExact(start)}>Started <b class="number">${formatStart(start)}</b></span>
        <span>Duration <b class="number">${formatDuration(trace.durationMs)}</b></span>
        <span><b class="number">${count(trace.spans.length, 'span')}</b></span>
        ${errors > 0 ? html`<span class="badge error">${count(errors, 'error')}</span>` : nothing}
        <span class="mono id">${trace.traceId}</span>
      </p>
      <p class="services">
        ${[...colours].map(
          ([name, colour]) =>
            html`<span class="colour-${colour}"><span class="dot"></span>${name}</span>`,
        )}
      </p>
    </div>`;
  }

  private readonly onSelect = (event: Event) => {
    const spanId = (event as CustomEvent<string | null>).detail ?? undefined;
    // Browsing spans is not browsing history: Back leads to the list.
    location.replace(traceHash(this.traceId, spanId));
  };
}

/** Stored spans change only by being added, or by ending after all. */
function isSame(a: Waterfall | undefined, b: Waterfall): boolean {
  return a?.spans.length === b.spans.length && a.durationMs === b.durationMs;
}
