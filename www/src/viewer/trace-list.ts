// The list of traces, newest first, kept up to date while it is looked at.
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { fetchSummaries, type TraceSummary } from './collector.ts';
import { count, formatDuration, formatExact, formatStart } from './format.ts';
import { type Filters, NO_FILTERS, traceHash } from './route.ts';
import { serviceColours } from './service-colours.ts';
import { shared } from './shared-styles.ts';
import type { TraceFilters } from './trace-filters.ts';
import { listStyles } from './trace-list-styles.ts';
import './trace-filters.ts';

const REFRESH_MS = 2000;

@customElement('trace-list')
export class TraceList extends LitElement {
  static override styles = [
    shared,
    listStyles,
    css`:host { display: flex; flex-direction: column; }`,
  ];

  @property({ attribute: false }) filters: Filters = NO_FILTERS;
  @state() private traces: TraceSummary[] | undefined;
  @state() private nextCursor: string | undefined;
  @state() private failure = '';
  @state() private live = true;
  @query('trace-filters') private filterBar: TraceFilters | undefined;

  private current = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly lookedAt = () => {
    if (document.visibilityState === 'visible') this.refresh();
  };

  override connectedCallback() {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.lookedAt);
  }

  override disconnectedCallback() {
    document.removeEventListener('visibilitychange', this.lookedAt);
    clearTimeout(this.timer);
    this.current.abort();
    super.disconnectedCallback();
  }

  override willUpdate(changed: PropertyValues<this>) {
    if (!changed.has('filters')) return;
    this.current.abort();
    this.current = new AbortController();
    this.traces = undefined;
    this.nextCursor = undefined;
    this.refresh();
  }

  private async refresh() {
    clearTimeout(this.timer);
    const { signal } = this.current;
    try {
      const { traces, nextCursor } = await fetchSummaries(this.filters, signal);
      if (signal.aborted) return;
      this.learnServices(traces);
      this.failure = '';
      const older = this.olderThan(traces);
      // Pages loaded below the first keep their own cursor.
      if (older.length === 0) this.nextCursor = nextCursor;
      this.traces = [...traces, ...older];
    } catch (error) {
      if (signal.aborted) return;
      this.failure = (error as Error).message;
    }
    if (this.live && document.visibilityState === 'visible') {
      this.timer = setTimeout(() => this.refresh(), REFRESH_MS);
    }
  }

  private olderThan(traces: TraceSummary[]): TraceSummary[] {
    const last = traces.at(-1);
    if (!last || !this.traces) return [];
    const fresh = new Set(traces.map(({ traceId }) => traceId));
    const oldest = BigInt(last.startTimeUnixNano);
    return this.traces.filter(
      (trace) => !fresh.has(trace.traceId) && BigInt(trace.startTimeUnixNano) <= oldest,
    );
  }

  private async loadMore() {
    const { signal } = this.current;
    try {
      const { traces, nextCursor } = await fetchSummaries(this.filters, signal, this.nextCursor);
      if (signal.aborted) return;
      const known = new Set(this.traces?.map(({ traceId }) => traceId));
      this.traces = [...(this.traces ?? []), ...traces.filter((t) => !known.has(t.traceId))];
      this.nextCursor = nextCursor;
    } catch (error) {
      if (!signal.aborted) this.failure = (error as Error).message;
    }
  }

  private learnServices(traces: TraceSummary[]) {
    const known = new Set(this.traces?.flatMap(({ services }) => services));
    if (traces.some(({ services }) => services.some((name) => !known.has(name)))) {
      this.filterBar?.loadServices();
    }
  }

  private readonly toggleLive = (event: Event) => {
    this.live = (event.target as HTMLInputElement).checked;
    this.refresh();
  };

  override render() {
    return html`
      <div class="bar">
        <trace-filters .filters=${this.filters}></trace-filters>
        <label><input type="checkbox" .checked=${this.live} @change=${this.toggleLive}> Live</label>
      </div>
      ${this.failure ? html`<div class="banner" role="alert">${this.failure}</div>` : nothing}
      <div class="scroll">${this.renderTraces()}</div>
    `;
  }

  private renderTraces() {
    if (!this.traces) return this.failure ? nothing : html`<div class="notice">Loading…</div>`;
    if (this.traces.length === 0) return this.renderEmpty();
    return html`
      <table>
        <thead>
          <tr>
            <th scope="col">Trace</th>
            <th scope="col">Services</th>
            <th scope="col" class="right">Started</th>
            <th scope="col" class="right">Duration</th>
            <th scope="col" class="right">Spans</th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          ${repeat(
            this.traces,
            ({ traceId }) => traceId,
            (trace) => this.renderRow(trace),
          )}
        </tbody>
      </table>
      ${
        this.nextCursor
          ? html`<p class="more"><button @click=${this.loadMore}>Older traces</button></p>`
          : nothing
      }
    `;
  }

  private renderRow(trace: TraceSummary) {
    const colours = serviceColours(trace.services);
    return html`
      <tr>
        <td class="name">
          <a href=${traceHash(trace.traceId)}>${trace.rootName || '(no name)'}</a>
          <span class="muted mono id">${trace.traceId.slice(0, 8)}</span>
        </td>
        <td class="services">
          ${trace.services.map(
            (name) => html`<span class="service colour-${colours.get(name) ?? 0}"
              ><span class="dot"></span>${name}</span
            >`,
          )}
        </td>
        <td class="right number muted" title=${formatExact(trace.startTimeUnixNano)}>
          ${formatStart(trace.startTimeUnixNano)}
        </td>
        <td class="right number duration">
          ${formatDuration(trace.durationMs)}
        </td>
        <td class="right number spans">${trace.spanCount}</td>
        <td class="status">
          ${
            trace.errorCount > 0
              ? html`<span class="badge error">${count(trace.errorCount, 'error')}</span>`
              : html`<span class="ok">ok</span>`
          }
        </td>
      </tr>
    `;
  }

  private renderEmpty() {
    const filtered = Object.values(this.filters).some(Boolean);
    return filtered
      ? html`<div class="notice"><strong>No trace matches</strong><a href="#/">Show all</a></div>`
      : html`<div class="notice">
          <strong>No traces yet</strong>Spans sent to ${location.origin}/v1/traces appear here.
        </div>`;
  }
}
