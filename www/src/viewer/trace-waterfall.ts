// The waterfall: a tree of spans over a common time line. Draws only the rows in view.
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { WaterfallSpan } from './collector.ts';
import { count, formatDuration } from './format.ts';
import { ancestors, barOf, parentRow, type Row, visibleRows } from './rows.ts';
import { shared } from './shared-styles.ts';
import { waterfallStyles } from './trace-waterfall-styles.ts';

const HEAD_PX = 26;
const ROW_PX = 26;
const NARROW_ROW_PX = 42;
/** Rows drawn beyond each edge, so that scrolling shows no gap. */
const OVERSCAN = 8;
/** Deeper levels are not indented further: the name must keep its room. */
const MOST_INDENTED = 16;
const NARROW = '(max-width: 640px)';
const TICKS = [0, 25, 50, 75, 100];

/** Fires `span-select` with a span id, or null when the selection is given up. */
@customElement('trace-waterfall')
export class TraceWaterfall extends LitElement {
  static override styles = [shared, waterfallStyles];

  @property({ attribute: false }) spans: WaterfallSpan[] = [];
  @property({ attribute: false }) durationMs = 0;
  @property({ attribute: false }) selected: string | undefined;
  @property({ attribute: false }) colours: ReadonlyMap<string, number> = new Map();

  @state() private collapsed: ReadonlySet<string> = new Set();
  @state() private first = 0;
  @state() private inView = 40;
  /** The row that the Tab key reaches. */
  @state() private active = 0;
  @state() private narrow = matchMedia(NARROW).matches;
  @query('.scroll') private scroller!: HTMLElement;

  private rows: Row[] = [];
  private readonly media = matchMedia(NARROW);
  private readonly measure = new ResizeObserver(() => this.look());
  private readonly onMedia = () => {
    this.narrow = this.media.matches;
  };

  private get rowPx() {
    return this.narrow ? NARROW_ROW_PX : ROW_PX;
  }

  override connectedCallback() {
    super.connectedCallback();
    this.media.addEventListener('change', this.onMedia);
    this.measure.observe(this);
  }

  override disconnectedCallback() {
    this.media.removeEventListener('change', this.onMedia);
    this.measure.disconnect();
    super.disconnectedCallback();
  }

  override willUpdate(changed: PropertyValues) {
    if (changed.has('selected') && this.selected) {
      const hidden = ancestors(this.spans, this.selected).filter((id) => this.collapsed.has(id));
      if (hidden.length > 0) {
        this.collapsed = new Set([...this.collapsed].filter((id) => !hidden.includes(id)));
      }
    }
    if (changed.has('spans') || changed.has('collapsed') || changed.has('selected')) {
      this.rows = visibleRows(this.spans, this.collapsed);
      this.active = Math.min(this.active, Math.max(0, this.rows.length - 1));
    }
    if (changed.has('selected')) {
      const index = this.rows.findIndex(({ span }) => span.spanId === this.selected);
      if (index >= 0) this.active = index;
    }
  }

  override updated(changed: PropertyValues) {
    if (changed.has('selected') && this.selected) this.reveal(this.active, 'centre');
  }

  override render() {
    const { rows, rowPx } = this;
    const last = Math.min(rows.length, this.first + this.inView + 2 * OVERSCAN);
    const shown = rows.slice(this.first, last).map((row, i) => ({ row, index: this.first + i }));
    const active = rows[this.active];
    // Drawn even out of view: focus would be lost with it.
    if (active && (this.active < this.first || this.active >= last)) {
      shown.push({ row: active, index: this.active });
    }
    return html`
      <div class="scroll" role="treegrid" aria-label="Spans of the trace"
        aria-rowcount=${rows.length} @scroll=${this.look} @keydown=${this.onKey}>
        <div class="head" aria-hidden="true">
          <span class="name">Span</span>
          <span class="ticks">
            ${TICKS.map(
              (tick) => html`<span .style=${`left:${tick}%`}
                >${formatDuration((this.durationMs * tick) / 100)}</span
              >`,
            )}
          </span>
        </div>
        <div class="rows" role="rowgroup" .style=${`height:${rows.length * rowPx}px`}>
          ${repeat(
            shown,
            ({ row }) => row.span.spanId,
            ({ row, index }) => this.renderRow(row, index),
          )}
        </div>
      </div>
    `;
  }

  private renderRow(row: Row, index: number) {
    const { span } = row;
    const indent = Math.min(span.depth, MOST_INDENTED) * (this.narrow ? 8 : 14);
    const error = span.status.code === 'error';
    const incomplete = span.attributes['tracelink.incomplete'] === true;
    const links = span.links.length + (span.linkedFrom?.length ?? 0);
    const bar = barOf(span, this.durationMs);
    const colour = `colour-${this.colours.get(span.serviceName) ?? 0}`;
    const end = bar.left + bar.width;
    const label = {
      after: `left:${end}%`,
      before: `right:${100 - bar.left}%`,
      inside: `right:${100 - end}%`,
    }[bar.label];
    return html`
      <div class="row ${colour} ${error ? 'error' : ''} ${incomplete ? 'incomplete' : ''}" role="row"
        aria-level=${span.depth + 1} aria-rowindex=${index + 1}
        aria-expanded=${row.hasChildren ? String(!row.collapsed) : nothing}
        aria-selected=${String(span.spanId === this.selected)}
        tabindex=${index === this.active ? 0 : -1} data-index=${index}
        .style=${`height:${this.rowPx}px;transform:translateY(${index * this.rowPx}px)`}
        @click=${() => this.choose(index)}>
        <span class="name" role="gridcell" .style=${`padding-left:${indent}px`}>
          <span class="toggle" aria-hidden="true" @click=${(event: Event) => this.onToggle(event, row)}
            >${row.hasChildren ? (row.collapsed ? '▸' : '▾') : ''}</span
          >
          <span class="dot" aria-hidden="true"></span>
          <span class="label" title="${span.serviceName}: ${span.name}">${span.name || '(no name)'}</span>
          <span class="service">${span.serviceName}</span>
          ${error ? html`<span class="badge error">error</span>` : nothing}
          ${
            span.orphan
              ? html`<span class="badge warning" title="The parent of this span is not in the database">orphan</span>`
              : nothing
          }
          ${
            incomplete
              ? html`<span class="badge" title="The page ended before the span did">incomplete</span>`
              : nothing
          }
          ${
            links > 0
              ? html`<span class="links" title="Linked with ${count(links, 'span')} of other traces">↗${links}</span>`
              : nothing
          }
        </span>
        <span class="time" role="gridcell">
          <span class="bar" .style=${`left:${bar.left}%;width:${bar.width}%`}></span>
          <span class="duration ${bar.label}" .style=${label}>${formatDuration(span.durationMs)}</span>
        </span>
      </div>
    `;
  }

  private readonly look = () => {
    if (!this.scroller) return;
    const { scrollTop, clientHeight } = this.scroller;
    this.inView = Math.ceil(clientHeight / this.rowPx);
    this.first = Math.max(0, Math.floor(scrollTop / this.rowPx) - OVERSCAN);
  };

  private onToggle(event: Event, row: Row) {
    if (!row.hasChildren) return;
    event.stopPropagation();
    this.setCollapsed(row, !row.collapsed);
  }

  private setCollapsed({ span }: Row, collapse: boolean) {
    const collapsed = new Set(this.collapsed);
    if (collapse) collapsed.add(span.spanId);
    else collapsed.delete(span.spanId);
    this.collapsed = collapsed;
  }

  private choose(index: number) {
    this.active = index;
    const spanId = this.rows[index]?.span.spanId ?? null;
    this.select(spanId === this.selected ? null : spanId);
  }

  private select(spanId: string | null) {
    this.dispatchEvent(new CustomEvent('span-select', { detail: spanId }));
  }

  private readonly onKey = (event: KeyboardEvent) => {
    const row = this.rows[this.active];
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const steps: Record<string, () => void> = {
      ArrowDown: () => this.moveTo(this.active + 1),
      ArrowUp: () => this.moveTo(this.active - 1),
      PageDown: () => this.moveTo(this.active + this.inView - 1),
      PageUp: () => this.moveTo(this.active - this.inView + 1),
      Home: () => this.moveTo(0),
      End: () => this.moveTo(this.rows.length - 1),
      ArrowRight: () => {
        if (row.collapsed) this.setCollapsed(row, false);
        else if (row.hasChildren) this.moveTo(this.active + 1);
      },
      ArrowLeft: () => {
        if (row.hasChildren && !row.collapsed) this.setCollapsed(row, true);
        else this.moveTo(parentRow(this.rows, this.active));
      },
      Enter: () => this.choose(this.active),
      ' ': () => this.choose(this.active),
      Escape: () => this.select(null),
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    step();
  };

  private async moveTo(index: number) {
    if (index < 0 && this.active === 0) return;
    this.active = Math.min(this.rows.length - 1, Math.max(0, index));
    this.reveal(this.active, 'edge');
    await this.updateComplete;
    this.renderRoot
      .querySelector<HTMLElement>(`.row[data-index="${this.active}"]`)
      ?.focus({ preventScroll: true });
  }

  /** Scrolls only when the row is out of view. */
  private reveal(index: number, to: 'edge' | 'centre') {
    const { scroller, rowPx } = this;
    const height = scroller.clientHeight - HEAD_PX;
    const top = index * rowPx;
    const above = top < scroller.scrollTop;
    if (!above && top + rowPx <= scroller.scrollTop + height) return;
    const lowest = top + rowPx - height;
    scroller.scrollTop = to === 'centre' ? (top + lowest) / 2 : above ? top : lowest;
  }
}
