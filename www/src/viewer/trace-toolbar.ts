// Above the waterfall: the services, finding, collapsing, zooming.
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { WaterfallSpan } from './collector.ts';
import { foldIcon, unfoldIcon } from './icons.ts';
import { shared } from './shared-styles.ts';
import './service-legend.ts';

export type Command = 'collapse' | 'expand' | 'zoom-in' | 'zoom-out' | 'zoom-all';

/** Fires `command` with a Command, `find` with a text, `find-next` with 1 or -1. */
@customElement('trace-toolbar')
export class TraceToolbar extends LitElement {
  static override styles = [
    shared,
    css`
      :host { display: flex; flex-wrap: wrap; align-items: start; gap: 6px 12px; padding: 6px 16px 6px 8px; background: var(--surface); border-bottom: 1px solid var(--line); }
      service-legend { flex: 1 1 320px; min-width: 0; }
      .tools { display: flex; align-items: center; gap: 6px; }
      input { width: 170px; height: 28px; }
      .found { min-width: 52px; color: var(--muted); font-size: 12px; }
      .group { display: flex; }
      .group button { height: 28px; min-width: 28px; padding: 0 7px; border-radius: 0; margin-left: -1px; }
      .group button:first-child { border-radius: 6px 0 0 6px; margin-left: 0; }
      .group button:last-child { border-radius: 0 6px 6px 0; }
      .group button:focus-visible { z-index: 1; }
      @media (max-width: 820px) {
        :host { padding: 6px 8px; }
        service-legend { flex-basis: 100%; }
        .tools { flex: 1; }
        input { flex: 1; width: 60px; min-width: 0; }
        .found:empty { display: none; }
      }
    `,
  ];

  @property({ attribute: false }) spans: WaterfallSpan[] = [];
  @property({ attribute: false }) colours: ReadonlyMap<string, number> = new Map();
  @property({ attribute: false }) highlighted: ReadonlySet<string> = new Set();
  @property({ attribute: false }) text = '';
  /** Undefined while nothing is looked for. */
  @property({ attribute: false }) found: number | undefined;
  @property({ attribute: false }) whole = true;
  @query('input') private input!: HTMLInputElement;

  override focus() {
    this.input.focus();
    this.input.select();
  }

  override render() {
    return html`
      <service-legend .spans=${this.spans} .colours=${this.colours} .highlighted=${this.highlighted}></service-legend>
      <div class="tools">
        <span class="found number" role="status">${this.found === undefined ? nothing : `${this.found.toLocaleString()} found`}</span>
        <input type="search" placeholder="Find in trace" aria-label="Find in trace" .value=${this.text}
          @input=${this.onInput} @keydown=${this.onKey}>
        <span class="group">
          ${this.button('collapse', 'Collapse all', foldIcon)}
          ${this.button('expand', 'Expand all', unfoldIcon)}
        </span>
        <span class="group">
          ${this.button('zoom-out', 'Zoom out', '−', this.whole)}
          ${this.button('zoom-all', 'Show all of the time', 'All', this.whole)}
          ${this.button('zoom-in', 'Zoom in', '+')}
        </span>
      </div>
    `;
  }

  private button(command: Command, label: string, content: unknown, disabled = false) {
    return html`<button aria-label=${label} title=${label} ?disabled=${disabled}
      @click=${() => this.fire('command', command)}>${content}</button>`;
  }

  private fire(type: string, detail: unknown) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  private readonly onInput = () => this.fire('find', this.input.value);

  private readonly onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter') this.fire('find-next', event.shiftKey ? -1 : 1);
    if (event.key !== 'Escape') return;
    this.input.value = '';
    this.fire('find', '');
    this.fire('leave', null);
  };
}
