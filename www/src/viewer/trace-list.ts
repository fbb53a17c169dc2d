// The list of traces, newest first, kept up to date while it is looked at.
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { fetchSummaries, type Summaries, type TraceSummary } from './collector.ts';
import { count, formatDuration, formatExact, formatStart, legibleName } from './format.ts';
import { errorMark, pauseIcon, playIcon } from './icons.ts';
import { append, countNew, type ListState, takeIn, updateInPlace } from './live-list.ts';
import { type Filters, isFiltered, NO_FILTERS, traceHash } from './route.ts';
import { serviceColours } from './service-colours.ts';
import { shared } from './shared-styles.ts';
import { Tail } from './tail.ts';
import type { TraceFilters } from './trace-filters.ts';
import { listStyles } from './trace-list-styles.ts';
import './trace-filters.ts';

/** Many spans of one trace arrive together; the list is asked for once. */
const GATHER_MS = 200;
/** Names of services in one row. */
const MOST_SERVICES = 12;

@customElement('trace-list')
export class TraceList extends LitElement {
  static override styles = [shared, listStyles];

  @property({ attribute: false }) filters: Filters = NO_FILTERS;
  /** A list behind an open trace keeps its rows and its place, and follows nothing. */
  @property({ attribute: false }) shown = true;
  @state() private list: ListState | undefined;
  /** The newest page, while its new traces are held back. */
  @state() private waiting: Summaries | undefined;
  @state() private failure = '';
  @state() private live = true;
  @state() private loadingMore = false;
  @query('trace-filters') private filterBar!: TraceFilters;
  @query('.scroll') private scroller: HTMLElement | undefined;

  private current = new AbortController();
  private soon: ReturnType<typeof setTimeout> | undefined;
  private busy = false;
  private pointed = false;
  private place = 0;
  private readonly tail = new Tail(this, {
    told: () => this.refreshSoon(),
    connected: () => this.refresh(),
    disconnected: () => this.refresh(),
  });

  override disconnectedCallback() {
    clearTimeout(this.soon);
    this.current.abort();
    super.disconnectedCallback();
  }

  override willUpdate(changed: PropertyValues<this>) {
    this.tail.follow(this.live && this.shown);
    if (!changed.has('filters')) return;
    this.current.abort();
    this.current = new AbortController();
    this.busy = false;
    this.list = undefined;
    this.waiting = undefined;
    this.place = 0;
    this.refresh();
  }

  override updated(changed: PropertyValues<this>) {
    if (!changed.has('shown') || !this.shown || !this.scroller) return;
    this.scroller.scrollTop = this.place;
  }

  /** Puts the cursor into the search. */
  search() {
    this.filterBar.focus();
  }

  private refreshSoon() {
    this.soon ??= setTimeout(() => this.refresh(), GATHER_MS);
  }

  private async refresh() {
    clearTimeout(this.soon);
    this.soon = undefined;
    if (this.busy) return this.refreshSoon();
    const { signal } = this.current;
    this.busy = true;
    try {
      const newest = await fetchSummaries(this.filters, signal);
      if (signal.aborted) return;
      this.failure = '';
      this.learnServices(newest.traces);
      this.take(newest);
    } catch (error) {
      if (signal.aborted) return;
      this.failure = (error as Error).message;
    }
    this.busy = false;
  }

  /** Rows do not move under the pointer, under the keyboard's focus or while somebody reads further down. */
  private take(newest: Summaries) {
    if (this.list && this.isUsed() && countNew(this.list, newest) > 0) {
      this.list = updateInPlace(this.list, newest);
      this.waiting = newest;
    } else {
      this.list = takeIn(this.list, newest);
      this.waiting = undefined;
    }
  }

  private isUsed(): boolean {
    const focused = this.renderRoot.querySelector('tbody :focus') !== null;
    return this.pointed || focused || (this.scroller?.scrollTop ?? 0) > 0;
  }

  private readonly release = () => {
    if (!this.waiting) return;
    this.list = takeIn(this.list, this.waiting);
    this.waiting = undefined;
  };

  private readonly showWaiting = () => {
    this.release();
    this.scroller?.scrollTo({ top: 0 });
  };

  private readonly point = (event: PointerEvent) => {
    this.pointed = event.type === 'pointerenter' && event.pointerType === 'mouse';
    if (!this.isUsed()) this.release();
  };

  private readonly onScroll = () => {
    if (this.shown) this.place = this.scroller?.scrollTop ?? 0;
    if (!this.isUsed()) this.release();
  };

  private readonly loadMore = async () => {
    const { signal } = this.current;
    this.loadingMore = true;
    try {
      const older = await fetchSummaries(this.filters, signal, this.list?.nextCursor);
      if (!signal.aborted && this.list) this.list = append(this.list, older);
    } catch (error) {
      if (!signal.aborted) this.failure = (error as Error).message;
    }
    this.loadingMore = false;
  };

  private learnServices(traces: TraceSummary[]) {
    const known = new Set(this.list?.traces.flatMap(({ services }) => services));
    if (traces.some(({ services }) => services.some((name) => !known.has(name)))) {
      this.filterBar?.loadServices();
    }
  }

  private readonly toggleLive = () => {
    this.live = !this.live;
  };

  private readonly tryAgain = () => this.refresh();

  private readonly onKey = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    const links = [...this.renderRoot.querySelectorAll<HTMLElement>('tbody a')];
    const next = links[links.indexOf(event.target as HTMLElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };

  override render() {
    return html`
      <h1 class="heard">Traces</h1>
      <div class="bar">
        <trace-filters .filters=${this.filters}></trace-filters>
        ${this.renderLive()}
      </div>
      ${
        this.failure
          ? html`<div class="banner" role="alert">${this.failure}
              <button class="again" @click=${this.tryAgain}>Try again</button></div>`
          : nothing
      }
      <div class="frame" @pointerenter=${this.point} @pointerleave=${this.point}>
        ${this.renderWaiting()}
        <div class="scroll" @scroll=${this.onScroll} @keydown=${this.onKey}>${this.renderTraces()}</div>
      </div>
    `;
  }

  private renderLive() {
    const lost = this.live && this.tail.state === 'lost';
    const text = this.live ? (lost ? 'Reconnecting' : 'Live') : 'Paused';
    return html`<button class="live ${lost ? 'lost' : this.live ? 'on' : ''}" aria-pressed=${String(this.live)}
      title=${this.live ? 'Stop showing new traces' : 'Show new traces as they arrive'}
      @click=${this.toggleLive}><span class="lamp"></span>${text}${this.live ? pauseIcon : playIcon}</button>`;
  }

  private renderWaiting() {
    if (!this.waiting || !this.list) return nothing;
    const n = countNew(this.list, this.waiting);
    const more = n === this.waiting.traces.length && this.waiting.nextCursor ? '+' : '';
    return html`<button class="waiting" @click=${this.showWaiting}
      >↑ ${n}${more} new ${n === 1 ? 'trace' : 'traces'}</button>`;
  }

  private renderTraces() {
    if (!this.list) return this.failure ? nothing : html`<div class="notice">Loading…</div>`;
    const { traces, nextCursor } = this.list;
    if (traces.length === 0) return this.failure ? nothing : this.renderEmpty();
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
            traces,
            ({ traceId }) => traceId,
            (trace) => this.renderRow(trace),
          )}
        </tbody>
      </table>
      ${
        nextCursor
          ? html`<p class="more"><button ?disabled=${this.loadingMore} @click=${this.loadMore}
              >Older traces</button></p>`
          : nothing
      }
    `;
  }

  private renderRow(trace: TraceSummary) {
    const services = trace.services.slice(0, MOST_SERVICES);
    const colours = serviceColours(trace.services);
    const rest = trace.services.length - services.length;
    return html`
      <tr>
        <td class="name">
          <a href=${traceHash(trace.traceId)}>${legibleName(trace.rootName)}</a>
          <span class="muted mono id">${trace.traceId.slice(0, 8)}</span>
        </td>
        <td class="services">
          ${services.map(
            (name) => html`<span class="service colour-${colours.get(name) ?? 0}"
              ><span class="dot"></span><span class="service-name">${legibleName(name, '(no service)')}</span></span
            >`,
          )}${rest > 0 ? html`<span class="muted">+${rest}</span>` : nothing}
        </td>
        <td class="right number muted started" title=${formatExact(trace.startTimeUnixNano)}>
          ${formatStart(trace.startTimeUnixNano)}
        </td>
        <td class="right number duration">${formatDuration(trace.durationMs)}</td>
        <td class="right number spans">${trace.spanCount.toLocaleString()}</td>
        <td class="status">
          ${
            trace.errorCount > 0
              ? html`<span class="badge error">${errorMark}${count(trace.errorCount, 'error')}</span>`
              : html`<span class="ok">ok</span>`
          }
        </td>
      </tr>
    `;
  }

  private renderEmpty() {
    return isFiltered(this.filters)
      ? html`<div class="notice"><strong>No trace matches</strong><a href="#/">Show all traces</a></div>`
      : html`<div class="notice">
          <strong>No traces yet</strong>
          <p>Spans sent to <span class="mono">${location.origin}/v1/traces</span> appear here by themselves.</p>
        </div>`;
  }
}
