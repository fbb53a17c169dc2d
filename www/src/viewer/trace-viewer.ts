// The application: a title bar, and the page that the address bar names.
import { css, html, LitElement } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { isTraceId, parseRoute, type Route } from './route.ts';
import { shared } from './shared-styles.ts';
import './trace-list.ts';
import './trace-page.ts';

@customElement('trace-viewer')
export class TraceViewer extends LitElement {
  static override styles = [
    shared,
    css`
      :host { display: flex; flex-direction: column; height: 100%; }
      header {
        display: flex; align-items: center; gap: 16px; flex: none; height: 40px; padding: 0 16px;
        background: var(--surface); border-bottom: 1px solid var(--line);
      }
      .brand { font-weight: 600; color: var(--text); letter-spacing: -0.01em; }
      .brand:hover { text-decoration: none; }
      main { flex: 1; min-height: 0; display: flex; flex-direction: column; }
      main > * { flex: 1; min-height: 0; }
    `,
  ];

  @state() private route: Route = parseRoute(location.hash);
  /** Where "All traces" leads back to: the list as it was filtered last. */
  private lastList = '#/';

  private readonly follow = () => {
    if (this.route.page === 'list') this.lastList = this.address;
    this.address = location.hash || '#/';
    this.route = parseRoute(location.hash);
  };
  private address = location.hash || '#/';

  override connectedCallback() {
    super.connectedCallback();
    window.addEventListener('hashchange', this.follow);
  }

  override disconnectedCallback() {
    window.removeEventListener('hashchange', this.follow);
    super.disconnectedCallback();
  }

  override render() {
    return html`
      <header>
        <a class="brand" href=${this.route.page === 'list' ? '#/' : this.lastList}>tracelink</a>
        ${this.route.page === 'trace' ? html`<a href=${this.lastList}>← All traces</a>` : ''}
      </header>
      <main>${this.renderPage()}</main>
    `;
  }

  private renderPage() {
    const { route } = this;
    if (route.page === 'list') return html`<trace-list .filters=${route.filters}></trace-list>`;
    if (!isTraceId(route.traceId)) {
      return html`<div class="notice">
        <strong>This is not a trace id</strong>A trace id has 32 hexadecimal digits.
      </div>`;
    }
    return html`<trace-page .traceId=${route.traceId} .spanId=${route.spanId}></trace-page>`;
  }
}
