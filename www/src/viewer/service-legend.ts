// The services of a trace with their colours; choosing some dims the others.
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { WaterfallSpan } from './collector.ts';
import { count, legibleName } from './format.ts';
import { shared } from './shared-styles.ts';

/** Fires `highlight-change` with the set of chosen services; an empty one means all. */
@customElement('service-legend')
export class ServiceLegend extends LitElement {
  static override styles = [
    shared,
    css`
      :host { display: block; max-height: 90px; overflow: auto; }
      ul { display: flex; flex-wrap: wrap; gap: 4px; margin: 0; padding: 0; list-style: none; }
      li { max-width: 100%; }
      button { height: 26px; max-width: 100%; padding: 0 8px; border-color: transparent; background: none; }
      button[aria-pressed='true'] { border-color: var(--service); background: var(--raised); }
      .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
      .dimmed { color: var(--muted); }
      .dimmed .dot { opacity: 0.35; }
    `,
  ];

  @property({ attribute: false }) spans: WaterfallSpan[] = [];
  @property({ attribute: false }) colours: ReadonlyMap<string, number> = new Map();
  @property({ attribute: false }) highlighted: ReadonlySet<string> = new Set();

  override render() {
    const counts = new Map<string, number>();
    for (const { serviceName } of this.spans) {
      counts.set(serviceName, (counts.get(serviceName) ?? 0) + 1);
    }
    return html`<ul aria-label="Services">
      ${[...this.colours].map(([name, colour]) => this.renderService(name, colour, counts.get(name) ?? 0))}
    </ul>`;
  }

  private renderService(name: string, colour: number, spans: number) {
    const chosen = this.highlighted.has(name);
    const dimmed = this.highlighted.size > 0 && !chosen;
    return html`<li>
      <button class="colour-${colour} ${dimmed ? 'dimmed' : ''}" aria-pressed=${String(chosen)}
        title=${`${count(spans, 'span')}; ${chosen ? 'click to stop highlighting' : 'click to highlight'}`}
        @click=${() => this.toggle(name)}>
        <span class="dot"></span><span class="name">${legibleName(name, '(no service)')}</span>
        ${this.colours.size > 1 ? html`<span class="muted number">${spans.toLocaleString()}</span>` : nothing}
      </button>
    </li>`;
  }

  private toggle(name: string) {
    const detail = new Set(this.highlighted);
    if (!detail.delete(name)) detail.add(name);
    this.dispatchEvent(
      new CustomEvent('highlight-change', { detail, bubbles: true, composed: true }),
    );
  }
}
