// The line between names and times, moved by pointer or keys.
import { css, html, LitElement } from 'lit';
import { customElement, state } from 'lit/decorators.js';

const LEAST = 15;
const MOST = 75;
const STEP = 2;

/** Fires `split` with the width of the names, in percent. */
@customElement('name-splitter')
export class NameSplitter extends LitElement {
  static override styles = css`
    :host { position: absolute; z-index: 1; left: calc(var(--name) - 4px); top: 0; width: 9px; height: 100%; }
    div {
      height: 100%; cursor: col-resize; touch-action: none; border-radius: 3px;
      background: linear-gradient(var(--line-strong), var(--line-strong)) center / 1px 60% no-repeat;
    }
    div:focus-visible { outline: 2px solid var(--accent); }
  `;

  @state() private percent = 38;

  override render() {
    return html`<div role="separator" tabindex="0" aria-orientation="vertical" aria-label="Width of the names"
      aria-valuemin=${LEAST} aria-valuemax=${MOST} aria-valuenow=${this.percent}
      @pointerdown=${this.press} @pointermove=${this.drag} @keydown=${this.onKey}></div>`;
  }

  private readonly press = (event: PointerEvent) => {
    (event.target as HTMLElement).setPointerCapture(event.pointerId);
  };

  private readonly drag = (event: PointerEvent) => {
    if (!(event.target as HTMLElement).hasPointerCapture(event.pointerId)) return;
    const { left, width } = (this.offsetParent ?? document.body).getBoundingClientRect();
    this.go(((event.clientX - left) / width) * 100);
  };

  private readonly onKey = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    this.go(this.percent + step);
  };

  private go(percent: number) {
    this.percent = Math.round(Math.min(MOST, Math.max(LEAST, percent)));
    this.dispatchEvent(new CustomEvent('split', { detail: this.percent }));
  }
}
