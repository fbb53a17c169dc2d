// The filter bar of the list; it writes to the address bar, which the list follows.
import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { fetchServices } from './collector.ts';
import { type Filters, isTraceId, listHash, NO_FILTERS, traceHash } from './route.ts';
import { shared } from './shared-styles.ts';

const TYPING_MS = 250;

@customElement('trace-filters')
export class TraceFilters extends LitElement {
  static override styles = [
    shared,
    css`
      form { display: flex; flex-wrap: wrap; gap: 8px; }
      input[type='search'] { flex: 1 1 180px; min-width: 0; }
      select { min-width: 0; max-width: 180px; }
      .least { width: 116px; }
      @media (max-width: 560px) {
        input[type='search'] { flex-basis: 100%; }
        select { flex: 1 1 0; width: 0; }
        .least { flex: 0 1 84px; width: 0; }
      }
    `,
  ];

  @property({ attribute: false }) filters: Filters = NO_FILTERS;
  @state() private services: string[] = [];
  private typing: ReturnType<typeof setTimeout> | undefined;
  private readonly gone = new AbortController();

  override connectedCallback() {
    super.connectedCallback();
    this.loadServices();
  }

  override disconnectedCallback() {
    clearTimeout(this.typing);
    this.gone.abort();
    super.disconnectedCallback();
  }

  /** Called again when the list shows a service that was not there. */
  loadServices() {
    fetchServices(this.gone.signal).then(
      (services) => {
        this.services = services;
      },
      // The list shows the same failure; without names the filter still takes what the address says.
      () => {},
    );
  }

  override render() {
    const { filters } = this;
    const services = [...new Set([...this.services, filters.service])].filter(Boolean).sort();
    return html`
      <form role="search" @submit=${this.submit}>
        <input type="search" placeholder="Search names, attributes or a trace id" aria-label="Search"
          .value=${filters.text} @input=${this.type}>
        <select aria-label="Service" @change=${this.choose('service')}>
          <option value="" ?selected=${!filters.service}>All services</option>
          ${services.map(
            (name) =>
              html`<option value=${name} ?selected=${name === filters.service}>${name}</option>`,
          )}
        </select>
        <select aria-label="Status" @change=${this.choose('status')}>
          <option value="" ?selected=${!filters.status}>Any status</option>
          <option value="ok" ?selected=${filters.status === 'ok'}>No error</option>
          <option value="error" ?selected=${filters.status === 'error'}>Error</option>
        </select>
        <input class="least" type="number" min="0" step="any" placeholder="Min. ms"
          aria-label="Shortest duration in milliseconds" .value=${filters.minDurationMs}
          @change=${this.choose('minDurationMs')}>
      </form>
    `;
  }

  private readonly choose = (key: keyof Filters) => (event: Event) => {
    const { value } = event.target as HTMLInputElement | HTMLSelectElement;
    this.go({ ...this.filters, [key]: value });
  };

  private readonly type = (event: Event) => {
    const text = (event.target as HTMLInputElement).value;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.go({ ...this.filters, text: text.trim() }), TYPING_MS);
  };

  private readonly submit = (event: Event) => {
    event.preventDefault();
    clearTimeout(this.typing);
    const input = this.renderRoot.querySelector<HTMLInputElement>('input[type=search]');
    this.go({ ...this.filters, text: input?.value.trim() ?? '' });
  };

  private go(filters: Filters) {
    if (isTraceId(filters.text)) location.hash = traceHash(filters.text.toLowerCase());
    else location.replace(listHash(filters));
  }
}
