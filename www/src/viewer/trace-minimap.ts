// The whole trace in a strip: every span as a line in its service's colour, and the part that is looked at.
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { WaterfallSpan } from './collector.ts';
import { dragRange, type Shares } from './drag-range.ts';
import { isError } from './rows.ts';
import { isWhole, type TimeRange } from './time-range.ts';

/** Fires `range-change` with a TimeRange. For the eye and the pointer: keys and buttons do the same. */
@customElement('trace-minimap')
export class TraceMinimap extends LitElement {
  static override styles = css`
    :host { display: block; height: 40px; padding: 4px 16px; background: var(--surface); border-bottom: 1px solid var(--line); }
    .strip { position: relative; height: 100%; cursor: crosshair; touch-action: pan-y; }
    canvas { display: block; width: 100%; height: 100%; }
    .out { position: absolute; top: -4px; bottom: -4px; background: var(--page); opacity: 0.75; }
    .window { position: absolute; top: -4px; bottom: -4px; border: solid var(--accent); border-width: 0 2px; }
    .drag { background: var(--accent); opacity: 0.2; border: 0; }
    @media (max-width: 820px) { :host { padding: 4px 12px; height: 32px; } }
  `;

  @property({ attribute: false }) spans: WaterfallSpan[] = [];
  @property({ attribute: false }) durationMs = 0;
  @property({ attribute: false }) range: TimeRange = { from: 0, to: 0 };
  @property({ attribute: false }) colours: ReadonlyMap<string, number> = new Map();
  @property({ attribute: false }) highlighted: ReadonlySet<string> = new Set();
  @state() private dragged: Shares | undefined;
  @query('canvas') private canvas!: HTMLCanvasElement;

  private readonly dark = matchMedia('(prefers-color-scheme: dark)');
  private readonly measure = new ResizeObserver(() => this.draw());
  private readonly repaint = () => this.draw();

  override connectedCallback() {
    super.connectedCallback();
    this.dark.addEventListener('change', this.repaint);
    this.measure.observe(this);
  }

  override disconnectedCallback() {
    this.dark.removeEventListener('change', this.repaint);
    this.measure.disconnect();
    super.disconnectedCallback();
  }

  override updated(changed: PropertyValues<this>) {
    if (changed.has('spans') || changed.has('colours') || changed.has('highlighted')) this.draw();
  }

  override render() {
    const { range, durationMs, dragged } = this;
    const from = durationMs > 0 ? (range.from / durationMs) * 100 : 0;
    const to = durationMs > 0 ? (range.to / durationMs) * 100 : 100;
    return html`<div class="strip" aria-hidden="true" @pointerdown=${this.press}>
      <canvas></canvas>
      ${
        isWhole(range, durationMs)
          ? nothing
          : html`<span class="out" .style=${`left:0;width:${from}%`}></span>
              <span class="out" .style=${`right:0;width:${100 - to}%`}></span>
              <span class="window" .style=${`left:${from}%;width:max(4px, ${to - from}%)`}></span>`
      }
      ${
        dragged
          ? html`<span class="window drag"
              .style=${`left:${dragged[0] * 100}%;width:${(dragged[1] - dragged[0]) * 100}%`}></span>`
          : nothing
      }
    </div>`;
  }

  private readonly press = (event: PointerEvent) => {
    dragRange(
      event,
      (shares) => {
        this.dragged = shares;
      },
      ([a, b]) => {
        const detail = { from: a * this.durationMs, to: b * this.durationMs };
        this.dispatchEvent(new CustomEvent('range-change', { detail }));
      },
    );
  };

  private draw() {
    const context = this.canvas?.getContext('2d');
    const { clientWidth: width, clientHeight: height } = this.canvas ?? {};
    if (!context || !width || !height) return;
    const scale = devicePixelRatio || 1;
    this.canvas.width = width * scale;
    this.canvas.height = height * scale;
    context.scale(scale, scale);
    const style = getComputedStyle(this);
    const value = (name: string) => style.getPropertyValue(name).trim();
    const palette = Array.from({ length: 8 }, (_, i) => value(`--colour-${i}`));
    const error = value('--error');
    const line = height / Math.max(1, this.spans.length);
    this.spans.forEach((span, index) => {
      const left = this.durationMs > 0 ? (span.offsetMs / this.durationMs) * width : 0;
      const length = this.durationMs > 0 ? (span.durationMs / this.durationMs) * width : width;
      const dimmed = this.highlighted.size > 0 && !this.highlighted.has(span.serviceName);
      context.globalAlpha = dimmed ? 0.15 : 1;
      context.fillStyle = palette[this.colours.get(span.serviceName) ?? 0] ?? '';
      const thick = Math.min(4, Math.max(1, line * 0.7));
      context.fillRect(Math.min(left, width - 1.5), index * line, Math.max(1.5, length), thick);
      if (!isError(span)) return;
      context.fillStyle = error;
      context.fillRect(Math.min(left, width - 3), index * line, 3, Math.max(2, thick));
    });
  }
}
