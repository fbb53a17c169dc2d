// One trace: what it is, its waterfall, and the details of the chosen span.
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { type CollectorError, fetchWaterfall, type Waterfall } from './collector.ts';
import { findSpans } from './find-spans.ts';
import { count, legibleName } from './format.ts';
import { traceHash } from './route.ts';
import { isError, isSame, nextSpan } from './rows.ts';
import { serviceColours } from './service-colours.ts';
import { shared } from './shared-styles.ts';
import { Tail } from './tail.ts';
import { isWhole, type TimeRange } from './time-range.ts';
import { tracePageStyles } from './trace-page-styles.ts';
import type { Command, TraceToolbar } from './trace-toolbar.ts';
import type { TraceWaterfall } from './trace-waterfall.ts';
import { ZOOM_IN, ZOOM_OUT } from './waterfall-keys.ts';
import './span-details.ts';
import './trace-diagnosis.ts';
import './trace-minimap.ts';
import './trace-summary.ts';
import './trace-toolbar.ts';
import './trace-waterfall.ts';

/** Spans arrive from several senders; they are fetched together. */
const GATHER_MS = 400;
/** A trace of more spans is fetched again only when somebody asks. */
const LARGE = 2000;
/** Browsers refuse an address that changes with every repeat of a held key. */
const ADDRESS_MS = 150;

/** Fires `title` with the trace's name. */
@customElement('trace-page')
export class TracePage extends LitElement {
  static override styles = [shared, tracePageStyles];

  @property({ attribute: false }) traceId = '';
  @property({ attribute: false }) spanId: string | undefined;
  @state() private trace: Waterfall | undefined;
  @state() private failure: CollectorError | undefined;
  @state() private chosenId: string | undefined;
  @state() private range: TimeRange = { from: 0, to: 0 };
  @state() private highlighted: ReadonlySet<string> = new Set();
  @state() private text = '';
  @state() private found: ReadonlySet<string> = new Set();
  /** Spans that a large trace has meanwhile. */
  @state() private grownTo = 0;
  @query('trace-waterfall') private waterfall: TraceWaterfall | undefined;
  @query('trace-toolbar') private toolbar: TraceToolbar | undefined;

  private colours: ReadonlyMap<string, number> = new Map();
  private current = new AbortController();
  private soon: ReturnType<typeof setTimeout> | undefined;
  private address: ReturnType<typeof setTimeout> | undefined;
  private written: string | undefined;
  private busy = false;
  /** What was stored between the first look and the tail's first word would be missed. */
  private again = false;
  private readonly tail = new Tail(this, {
    told: ({ traceId, spanCount }) => {
      if (traceId !== this.traceId) return;
      if ((this.trace?.spans.length ?? 0) <= LARGE) this.loadSoon();
      else if (spanCount !== this.trace?.spans.length) this.grownTo = spanCount;
    },
    connected: () => {
      if (this.busy) this.again = true;
      else if ((this.trace?.spans.length ?? 0) <= LARGE) this.loadSoon();
    },
    disconnected: () => {
      if (this.failure) this.loadSoon();
    },
  });

  override connectedCallback() {
    super.connectedCallback();
    this.tail.follow(true);
  }

  override disconnectedCallback() {
    this.stop();
    super.disconnectedCallback();
  }

  override willUpdate(changed: PropertyValues) {
    if (changed.has('traceId')) {
      this.stop();
      this.current = new AbortController();
      this.trace = undefined;
      this.failure = undefined;
      this.highlighted = new Set();
      this.text = '';
      this.grownTo = 0;
      this.load();
    }
    if (changed.has('traceId') || (changed.has('spanId') && this.spanId !== this.written)) {
      clearTimeout(this.address);
      this.chosenId = this.spanId;
    }
    if (changed.has('spanId')) this.written = undefined;
    if (changed.has('trace') || changed.has('text')) {
      this.found = findSpans(this.trace?.spans ?? [], this.text);
    }
  }

  private stop() {
    clearTimeout(this.soon);
    clearTimeout(this.address);
    this.soon = undefined;
    this.current.abort();
    this.busy = false;
  }

  private loadSoon() {
    this.soon ??= setTimeout(() => this.load(), GATHER_MS);
  }

  private async load() {
    clearTimeout(this.soon);
    this.soon = undefined;
    if (this.busy) return this.loadSoon();
    const { signal } = this.current;
    this.busy = true;
    try {
      const trace = await fetchWaterfall(this.traceId, signal);
      if (signal.aborted) return;
      this.failure = undefined;
      this.grownTo = 0;
      if (!this.trace || !isSame(this.trace, trace)) this.take(trace);
    } catch (error) {
      if (signal.aborted) return;
      this.failure = error as CollectorError;
    }
    this.busy = false;
    if (this.again && (this.trace?.spans.length ?? 0) <= LARGE) this.loadSoon();
    this.again = false;
  }

  private take(trace: Waterfall) {
    const whole = isWhole(this.range, this.trace?.durationMs ?? 0);
    if (whole || !this.trace) this.range = { from: 0, to: trace.durationMs };
    this.trace = trace;
    this.colours = serviceColours(trace.spans.map(({ serviceName }) => serviceName));
    const name = legibleName(trace.spans[0]?.name ?? '');
    this.dispatchEvent(new CustomEvent('title', { detail: name }));
  }

  /** Keys that nobody has the focus for. */
  key(event: KeyboardEvent) {
    const steps: Record<string, () => void> = {
      '/': () => this.toolbar?.focus(),
      n: () => this.findError(1),
      p: () => this.findError(-1),
    };
    const step = steps[event.key];
    if (!step) return this.waterfall?.onKey(event);
    event.preventDefault();
    step();
  }

  override render() {
    const { trace, colours, highlighted, range } = this;
    if (!trace) return this.renderMissing();
    const chosen = trace.spans.find(({ spanId }) => spanId === this.chosenId);
    return html`
      ${this.renderBanners(trace, chosen !== undefined)}
      <trace-summary .trace=${trace} @find-error=${() => this.findError(1)}></trace-summary>
      <trace-diagnosis .trace=${trace} @span-select=${this.onFinding}></trace-diagnosis>
      <trace-toolbar .spans=${trace.spans} .colours=${colours} .highlighted=${highlighted} .text=${this.text}
        .found=${this.text.trim() ? this.found.size : undefined} .whole=${isWhole(range, trace.durationMs)}
        @highlight-change=${this.onHighlight} @command=${this.onCommand} @find=${this.onFind}
        @find-next=${this.onFindNext} @leave=${() => this.waterfall?.focus()}></trace-toolbar>
      <trace-minimap .spans=${trace.spans} .durationMs=${trace.durationMs} .range=${range} .colours=${colours}
        .highlighted=${highlighted} @range-change=${this.onRange} @dblclick=${this.showAll}></trace-minimap>
      <div class="body">
        <trace-waterfall .spans=${trace.spans} .durationMs=${trace.durationMs} .range=${range} .colours=${colours}
          .highlighted=${highlighted} .found=${this.found} .selected=${chosen?.spanId}
          @span-select=${this.onSelect} @range-change=${this.onRange}></trace-waterfall>
        ${
          chosen
            ? html`<span-details .span=${chosen} .trace=${trace} .colour=${colours.get(chosen.serviceName) ?? 0}
                @span-select=${this.onSelect} @keydown=${this.leaveDetails}></span-details>`
            : nothing
        }
      </div>
    `;
  }

  private renderMissing() {
    const { failure } = this;
    if (!failure) return html`<div class="notice">Loading…</div>`;
    return html`<div class="notice" role="alert">
      <h1>${failure.message}</h1>
      <p class="mono">${this.traceId}</p>
      <p>${
        failure.status === 404
          ? 'It may be older than what is kept, or still on its way: it is shown when it arrives.'
          : html`<button @click=${() => this.load()}>Try again</button>`
      }</p>
    </div>`;
  }

  private renderBanners({ spans }: Waterfall, found: boolean) {
    const grown = this.grownTo - spans.length;
    return html`
      ${
        this.failure
          ? html`<div class="banner" role="alert">${this.failure.message} What is shown may be old.</div>`
          : nothing
      }
      ${
        this.chosenId && !found
          ? html`<div class="banner quiet" role="status">This trace has no span ${legibleName(this.chosenId)}.</div>`
          : nothing
      }
      ${
        grown > 0
          ? html`<div class="banner quiet" role="status">${count(grown, 'span')} arrived meanwhile.
              <button @click=${() => this.load()}>Show</button></div>`
          : nothing
      }
    `;
  }

  private readonly onSelect = (event: CustomEvent<string | null>) => {
    this.choose(event.detail ?? undefined);
  };

  private readonly onFinding = (event: CustomEvent<string | null>) => {
    if (event.detail) this.lookAt(event.detail);
  };

  /** One that is chosen already may be folded away or out of view. */
  private lookAt(spanId: string) {
    if (spanId === this.chosenId) this.waterfall?.show();
    else this.choose(spanId);
  }

  /** Browsing spans is not browsing history: Back leads to where one came from. */
  private choose(spanId: string | undefined) {
    this.chosenId = spanId;
    clearTimeout(this.address);
    this.address = setTimeout(() => {
      this.written = spanId;
      location.replace(traceHash(this.traceId, spanId));
    }, ADDRESS_MS);
  }

  private readonly leaveDetails = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.choose(undefined);
    this.waterfall?.focus();
  };

  private readonly onRange = (event: CustomEvent<TimeRange>) => {
    this.range = event.detail;
  };

  private readonly showAll = () => this.waterfall?.showAll();

  private readonly onHighlight = (event: CustomEvent<ReadonlySet<string>>) => {
    this.highlighted = event.detail;
  };

  private readonly onFind = (event: CustomEvent<string>) => {
    this.text = event.detail;
  };

  private readonly onFindNext = (event: CustomEvent<1 | -1>) => {
    this.goTo(event.detail, ({ spanId }) => this.found.has(spanId));
  };

  private findError(step: 1 | -1) {
    this.goTo(step, isError);
  }

  private goTo(step: 1 | -1, wanted: Parameters<typeof nextSpan>[3]) {
    const next = nextSpan(this.trace?.spans ?? [], this.chosenId, step, wanted);
    if (next) this.lookAt(next);
  }

  private readonly onCommand = (event: CustomEvent<Command>) => {
    const commands: Record<Command, () => void> = {
      collapse: () => this.waterfall?.collapseAll(),
      expand: () => this.waterfall?.expandAll(),
      'zoom-in': () => this.waterfall?.zoom(ZOOM_IN),
      'zoom-out': () => this.waterfall?.zoom(ZOOM_OUT),
      'zoom-all': this.showAll,
    };
    commands[event.detail]();
  };
}
