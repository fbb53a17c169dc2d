// A small look into the page's own buffer: the latest traces as trees, before any collector is asked.
import { css, html, LitElement } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { bufferedSpans, clearBuffer, onSpanEnd } from 'tracelink';
import { spanTrees, type TraceTree } from './span-tree.ts';

const MOST_TRACES = 20;
const MOST_ROWS = 60;

@customElement('span-inspector')
export class SpanInspector extends LitElement {
  static override styles = css`
    :host { display: flex; flex-direction: column; min-height: 0; }
    header { display: flex; align-items: center; justify-content: space-between; margin-bottom: 8px; }
    h2 { margin: 0; font-size: 13px; font-weight: 600; }
    button { font: inherit; color: var(--muted); background: none; border: 0; padding: 2px 4px; cursor: pointer; border-radius: 4px; }
    button:hover { color: var(--text); }
    :focus-visible { outline: 2px solid var(--accent); }
    .traces { overflow: auto; min-height: 0; flex: 1; }
    ol { list-style: none; margin: 0 0 8px; padding: 6px 0; background: var(--surface); border: 1px solid var(--line); border-radius: 6px; }
    li { display: flex; align-items: baseline; gap: 8px; padding: 2px 10px; }
    .name { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .kind, .time, p { color: var(--muted); font-size: 11px; }
    .time { font-variant-numeric: tabular-nums; white-space: nowrap; }
    .error .name { color: var(--error); }
    p { margin: 0; padding: 2px 10px; }
  `;

  @state() private traces: TraceTree[] = [];
  private stop: (() => void) | undefined;
  private scheduled = false;

  override connectedCallback() {
    super.connectedCallback();
    this.stop = onSpanEnd(() => this.readSoon());
    this.read();
  }

  override disconnectedCallback() {
    this.stop?.();
    super.disconnectedCallback();
  }

  /** Spans end in bursts; the buffer is read once a burst. */
  private readSoon() {
    if (this.scheduled) return;
    this.scheduled = true;
    setTimeout(() => {
      this.scheduled = false;
      this.read();
    }, 100);
  }

  private read() {
    this.traces = spanTrees(bufferedSpans()).slice(0, MOST_TRACES);
  }

  private readonly clear = () => {
    clearBuffer();
    this.read();
  };

  override render() {
    return html`
      <header><h2>Spans in this page</h2><button @click=${this.clear}>Clear</button></header>
      <div class="traces">
        ${
          this.traces.length > 0
            ? this.traces.map((trace) => this.renderTrace(trace))
            : html`<p>None kept yet.</p>`
        }
      </div>
    `;
  }

  private renderTrace({ rows }: TraceTree) {
    const more = rows.length - MOST_ROWS;
    return html`<ol>
      ${rows.slice(0, MOST_ROWS).map(
        ({ span, depth, durationMs }) => html`<li class=${span.status.code}>
          <span class="name" title=${span.name} .style=${`padding-left:${Math.min(depth, 8) * 14}px`}>${span.name}</span>
          <span class="kind">${span.kind}</span>
          <span class="time">${durationMs.toFixed(1)} ms</span>
        </li>`,
      )}
      ${more > 0 ? html`<li><p>and ${more} more</p></li>` : ''}
    </ol>`;
  }
}
