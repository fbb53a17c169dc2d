// The application: a title bar, and the page that the address bar names.
import { css, html, LitElement, nothing } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { KeysHelp } from './keys-help.ts';
import { type Filters, isTraceId, listHash, NO_FILTERS, parseRoute, type Route } from './route.ts';
import { shared } from './shared-styles.ts';
import type { TraceList } from './trace-list.ts';
import type { TracePage } from './trace-page.ts';
import './keys-help.ts';
import './trace-list.ts';
import './trace-page.ts';

@customElement('trace-viewer')
export class TraceViewer extends LitElement {
  static override styles = [
    shared,
    css`
      :host { display: flex; flex-direction: column; height: 100%; }
      header {
        display: flex; align-items: center; gap: 18px; flex: none; height: 40px; padding: 0 8px 0 16px;
        background: var(--surface); border-bottom: 1px solid var(--line);
      }
      .brand { font-weight: 600; font-size: 14px; color: var(--text); letter-spacing: -0.01em; }
      .brand:hover { text-decoration: none; }
      .keys { margin-left: auto; }
      main { flex: 1; min-height: 0; display: flex; flex-direction: column; }
      main > * { flex: 1; min-height: 0; }
      @media (max-width: 640px) { .keys { display: none; } }
    `,
  ];

  @state() private route: Route = parseRoute(location.hash);
  @state() private said = '';
  @query('trace-list') private list: TraceList | undefined;
  @query('trace-page') private page: TracePage | undefined;
  @query('keys-help') private help!: KeysHelp;
  /** The list as it was filtered last: "All traces" leads back to it. */
  private listed: { hash: string; filters: Filters } = { hash: '#/', filters: NO_FILTERS };
  private visited = false;

  private readonly follow = () => {
    this.route = parseRoute(location.hash);
    this.keepList();
  };

  constructor() {
    super();
    this.keepList();
  }

  override connectedCallback() {
    super.connectedCallback();
    window.addEventListener('hashchange', this.follow);
    document.addEventListener('keydown', this.onKey);
  }

  override disconnectedCallback() {
    window.removeEventListener('hashchange', this.follow);
    document.removeEventListener('keydown', this.onKey);
    super.disconnectedCallback();
  }

  private keepList() {
    if (this.route.page !== 'list') return;
    // Filters that say the same stay the same, so that the list keeps its rows and its place.
    const same = listHash(this.route.filters) === listHash(this.listed.filters);
    const filters = same ? this.listed.filters : this.route.filters;
    this.listed = { hash: location.hash || '#/', filters };
    this.visited = true;
    document.title = 'Traces';
  }

  private readonly onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    const [target] = event.composedPath();
    const typing = target instanceof HTMLElement && target.matches('input, select, textarea');
    if (typing) return;
    if (event.key === '?') return this.showKeys();
    if (this.route.page === 'trace') {
      // A button, a link or what unfolds keeps Enter and the space bar.
      const control = target instanceof HTMLElement && target.matches('button, a, summary');
      if (!control || !['Enter', ' '].includes(event.key)) this.page?.key(event);
    } else if (event.key === '/') {
      event.preventDefault();
      this.list?.search();
    }
  };

  private readonly showKeys = () => this.help.show();

  private readonly announce = (event: CustomEvent<string>) => {
    this.said = event.detail;
  };

  private readonly nameTrace = (event: CustomEvent<string>) => {
    document.title = `${event.detail} · trace`;
  };

  override render() {
    const { route } = this;
    return html`
      <header>
        <a class="brand" href=${route.page === 'list' ? '#/' : this.listed.hash}>tracelink</a>
        ${route.page === 'trace' ? html`<a href=${this.listed.hash}>← All traces</a>` : nothing}
        <button class="quiet-button keys" aria-label="Keys" title="Keys (?)" @click=${this.showKeys}>?</button>
      </header>
      <main @announce=${this.announce}>
        ${
          this.visited
            ? html`<trace-list ?hidden=${route.page !== 'list'} .shown=${route.page === 'list'}
                .filters=${this.listed.filters}></trace-list>`
            : nothing
        }
        ${route.page === 'trace' ? this.renderTrace(route.traceId, route.spanId) : nothing}
      </main>
      <keys-help .page=${route.page}></keys-help>
      <span class="heard" role="status">${this.said}</span>
    `;
  }

  private renderTrace(traceId: string, spanId: string | undefined) {
    if (!isTraceId(traceId)) {
      return html`<div class="notice" role="alert">
        <h1>This is not a trace id</h1>
        <p>A trace id has 32 hexadecimal digits, not all of them 0.</p>
      </div>`;
    }
    return html`<trace-page .traceId=${traceId} .spanId=${spanId} @title=${this.nameTrace}></trace-page>`;
  }
}
