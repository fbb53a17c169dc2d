// The waterfall: a tree of spans over a common time line. Draws only the rows in view.
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { WaterfallSpan } from './collector.ts';
import { dragRange, type Shares } from './drag-range.ts';
import { formatTick } from './format.ts';
import {
  ancestors,
  parentRow,
  parents,
  type Row,
  type SpanTree,
  treeOf,
  visibleRows,
} from './rows.ts';
import { shared } from './shared-styles.ts';
import {
  clampRange,
  lengthOf,
  panRange,
  type TimeRange,
  ticksOf,
  zoomRange,
} from './time-range.ts';
import { waterfallStyles } from './trace-waterfall-styles.ts';
import { type WaterfallActions, waterfallKey } from './waterfall-keys.ts';
import { renderRow } from './waterfall-row.ts';
import './name-splitter.ts';

const HEAD_PX = 28;
const ROW_PX = 28;
const NARROW_ROW_PX = 46;
/** Rows drawn beyond each edge, so that scrolling shows no gap. */
const OVERSCAN = 8;
const NARROW = '(max-width: 640px)';
/** Trees with more levels than this are indented less, so that names keep their room. */
const DEEP = 8;
/** Room for two texts of ticks: the last one stands before its line, the one before it behind. */
const TICK_PX = 130;

/** Fires `span-select` with a span id, or null when the selection is given up, and `range-change` with a TimeRange. */
@customElement('trace-waterfall')
export class TraceWaterfall extends LitElement implements WaterfallActions {
  static override styles = [shared, waterfallStyles];

  @property({ attribute: false }) spans: WaterfallSpan[] = [];
  @property({ attribute: false }) durationMs = 0;
  @property({ attribute: false }) range: TimeRange = { from: 0, to: 0 };
  @property({ attribute: false }) selected: string | undefined;
  @property({ attribute: false }) colours: ReadonlyMap<string, number> = new Map();
  @property({ attribute: false }) highlighted: ReadonlySet<string> = new Set();
  @property({ attribute: false }) found: ReadonlySet<string> = new Set();

  @state() private collapsed: ReadonlySet<string> = new Set();
  @state() private first = 0;
  @state() private inView = 40;
  @state() private ticksInView = 5;
  /** The row that the Tab key reaches. */
  @state() private active = 0;
  @state() private narrow = matchMedia(NARROW).matches;
  @state() private dragged: Shares | undefined;
  @query('.scroll') private scroller!: HTMLElement;
  @query('.ticks') private ruler!: HTMLElement;

  private tree: SpanTree = treeOf([]);
  private rows: Row[] = [];
  private deep = false;
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
    const activeId = this.rows[this.active]?.span.spanId;
    if (changed.has('spans')) {
      this.tree = treeOf(this.spans);
      this.deep = this.spans.some(({ depth }) => depth > DEEP);
    }
    if (changed.has('selected') && this.selected) {
      const hidden = ancestors(this.spans, this.selected).filter((id) => this.collapsed.has(id));
      if (hidden.length > 0) {
        this.collapsed = new Set([...this.collapsed].filter((id) => !hidden.includes(id)));
      }
    }
    if (!changed.has('spans') && !changed.has('collapsed') && !changed.has('selected')) return;
    this.rows = visibleRows(this.tree, this.collapsed);
    // The same span stays the active one when rows come or go above it.
    const wanted = changed.has('selected') && this.selected ? this.selected : activeId;
    const index = this.rows.findIndex(({ span }) => span.spanId === wanted);
    this.active = index >= 0 ? index : Math.min(this.active, Math.max(0, this.rows.length - 1));
  }

  override updated(changed: PropertyValues) {
    if (changed.has('selected') && this.selected) this.reveal(this.active, 'centre');
    if (changed.has('narrow')) this.look();
  }

  collapseAll() {
    this.collapsed = parents(this.tree);
  }

  expandAll() {
    this.collapsed = new Set();
  }

  /** Opens what is above the selected span and scrolls to it, as when it was selected. */
  show() {
    this.requestUpdate('selected');
  }

  /** Zooms around the active span, or around the middle when that is not in sight. */
  zoom(factor: number) {
    const span = this.rows[this.active]?.span;
    const middle = span ? span.offsetMs + span.durationMs / 2 : Number.NaN;
    const { from, to } = this.range;
    const around = middle >= from && middle <= to ? middle : (from + to) / 2;
    this.showRange(zoomRange(this.range, this.durationMs, factor, around));
  }

  override focus() {
    this.moveTo(this.active);
  }

  onKey = (event: KeyboardEvent) => waterfallKey(event, this);

  override render() {
    const { rows, rowPx, range } = this;
    const last = Math.min(rows.length, this.first + this.inView + 2 * OVERSCAN);
    const shown = rows.slice(this.first, last).map((row, i) => ({ row, index: this.first + i }));
    const active = rows[this.active];
    // Drawn even out of view: focus would be lost with it.
    if (active && (this.active < this.first || this.active >= last)) {
      shown.push({ row: active, index: this.active });
    }
    const ticks = ticksOf(range, this.ticksInView);
    const step = (ticks[1]?.ms ?? 1) - (ticks[0]?.ms ?? 0);
    const drag = this.renderDrag();
    return html`
      <div class="scroll" role="treegrid" aria-label="Spans of the trace" aria-rowcount=${rows.length + 1}
        @scroll=${this.look} @keydown=${this.onKey} @wheel=${this.wheel}>
        <div class="head" role="row" aria-rowindex="1">
          <span class="name" role="columnheader">Span<name-splitter @split=${this.split}></name-splitter></span>
          <span class="ticks" role="columnheader" aria-label="Time" title="Drag to zoom, double-click to see all"
            @pointerdown=${this.press} @dblclick=${this.showAll}>
            ${ticks.map(
              ({ ms, at }) => html`<span class=${at > 94 ? 'last' : ''} .style=${`left:${at}%`}
                >${formatTick(ms, step)}</span>`,
            )}${drag}
          </span>
        </div>
        <div class="rows" role="rowgroup" .style=${`height:${rows.length * rowPx}px`}>
          <span class="grid" aria-hidden="true">${ticks.map(
            ({ at }) => html`<span .style=${`left:${at}%`}></span>`,
          )}${drag}</span>
          ${repeat(
            shown,
            ({ row }) => row.span.spanId,
            ({ row, index }) => this.renderRow(row, index),
          )}
        </div>
      </div>
    `;
  }

  private renderDrag() {
    if (!this.dragged) return nothing;
    const [from, to] = this.dragged;
    return html`<span class="drag" .style=${`left:${from * 100}%;width:${(to - from) * 100}%`}></span>`;
  }

  private renderRow(row: Row, index: number) {
    const { spanId, serviceName } = row.span;
    return renderRow({
      row,
      index,
      top: index * this.rowPx,
      height: this.rowPx,
      indentPx: this.narrow || this.deep ? 8 : 14,
      range: this.range,
      colour: this.colours.get(serviceName) ?? 0,
      selected: spanId === this.selected,
      active: index === this.active,
      dimmed: this.highlighted.size > 0 && !this.highlighted.has(serviceName),
      found: this.found.has(spanId),
      low: index - this.first - OVERSCAN > this.inView / 2,
      choose: () => this.choose(index),
      toggle: () => this.collapse(!row.collapsed, row),
      showLinks: () => this.select(spanId),
    });
  }

  private readonly look = () => {
    if (!this.scroller) return;
    const { scrollTop, clientHeight } = this.scroller;
    this.inView = Math.ceil(clientHeight / this.rowPx);
    this.first = Math.max(0, Math.floor(scrollTop / this.rowPx) - OVERSCAN);
    this.ticksInView = Math.max(2, Math.floor(this.ruler.clientWidth / TICK_PX));
  };

  private readonly split = (event: CustomEvent<number>) => {
    this.style.setProperty('--name', `${event.detail}%`);
    this.look();
  };

  private readonly press = (event: PointerEvent) => {
    dragRange(
      event,
      (shares) => {
        this.dragged = shares;
      },
      ([a, b]) => {
        const { from } = this.range;
        const length = lengthOf(this.range);
        this.showRange({ from: from + a * length, to: from + b * length });
      },
    );
  };

  /** With Ctrl, or two fingers on a touchpad, around the pointer. */
  private readonly wheel = (event: WheelEvent) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const { left, width } = this.ruler.getBoundingClientRect();
    const around = this.range.from + ((event.clientX - left) / width) * lengthOf(this.range);
    this.showRange(zoomRange(this.range, this.durationMs, event.deltaY < 0 ? 0.8 : 1.25, around));
  };

  readonly showAll = () => this.showRange({ from: 0, to: this.durationMs });

  showRange(range: TimeRange) {
    const detail = clampRange(range, this.durationMs);
    this.dispatchEvent(new CustomEvent('range-change', { detail }));
  }

  pan(share: number) {
    this.showRange(panRange(this.range, this.durationMs, share));
  }

  get activeRow(): Row | undefined {
    return this.rows[this.active];
  }

  move(by: number) {
    this.moveTo(this.active + by);
  }

  get pageLength(): number {
    return Math.max(1, Math.floor(this.scroller.clientHeight / this.rowPx) - 2);
  }

  moveToEdge(last: boolean) {
    this.moveTo(last ? this.rows.length - 1 : 0);
  }

  moveToParent() {
    const index = parentRow(this.rows, this.active);
    if (index >= 0) this.moveTo(index);
  }

  collapse(collapse: boolean, row = this.activeRow) {
    if (!row) return;
    const collapsed = new Set(this.collapsed);
    if (collapse) collapsed.add(row.span.spanId);
    else collapsed.delete(row.span.spanId);
    this.collapsed = collapsed;
  }

  choose(index = this.active) {
    this.active = index;
    const spanId = this.rows[index]?.span.spanId ?? null;
    this.select(spanId === this.selected ? null : spanId);
  }

  select(spanId: string | null) {
    this.dispatchEvent(new CustomEvent('span-select', { detail: spanId }));
  }

  private async moveTo(index: number) {
    this.active = Math.min(this.rows.length - 1, Math.max(0, index));
    this.reveal(this.active, 'edge');
    // Open details follow.
    const spanId = this.activeRow?.span.spanId;
    if (this.selected && spanId) this.select(spanId);
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
