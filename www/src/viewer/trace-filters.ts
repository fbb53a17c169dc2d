// The filter bar of the list; it writes to the address bar, which the list follows.
import { html, LitElement, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { fetchServices } from './collector.ts';
import { legibleName } from './format.ts';
import { closeIcon } from './icons.ts';
import {
  type Filters,
  isAttribute,
  isTraceId,
  listHash,
  NO_FILTERS,
  SINCE,
  traceHash,
} from './route.ts';
import { shared } from './shared-styles.ts';
import { filterStyles } from './trace-filters-styles.ts';

const TYPING_MS = 250;
const CUSTOM = 'custom';
/** What the collector takes, whatever the zone. */
const FIRST_DATE = '1970-01-02T00:00';
const LAST_DATE = '2262-01-01T00:00';
const SINCE_NAMES: Record<string, string> = {
  '5m': 'Last 5 minutes',
  '15m': 'Last 15 minutes',
  '1h': 'Last hour',
  '6h': 'Last 6 hours',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
};

@customElement('trace-filters')
export class TraceFilters extends LitElement {
  static override styles = [shared, filterStyles];

  @property({ attribute: false }) filters: Filters = NO_FILTERS;
  @state() private services: string[] = [];
  /** Where it is narrow, all but the search stands behind a button. */
  @state() private open = false;
  @state() private custom = false;
  @query('input[type=search]') private search!: HTMLInputElement;
  private typing: ReturnType<typeof setTimeout> | undefined;
  /** A text that is being typed is one step of the history. */
  private typed = false;
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

  override focus() {
    this.search.focus();
    this.search.select();
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
    const set = this.countSet();
    return html`
      <form role="search" class=${this.open ? 'open' : ''} @submit=${this.submit}>
        <input type="search" placeholder="Search span and service names, or a trace id" aria-label="Search"
          maxlength="200" .value=${filters.text} @input=${this.type} @blur=${this.typedEnough}>
        <button class="unfold" type="button" aria-expanded=${String(this.open)} @click=${this.unfold}
          >Filters${set > 0 ? html` <span class="badge">${set}</span>` : nothing}</button>
        <div class="others">
          <select aria-label="Service" @change=${this.choose('service')}>
            <option value="" .selected=${!filters.service}>All services</option>
            ${services.map(
              (name) =>
                html`<option value=${name} .selected=${name === filters.service}>${legibleName(name)}</option>`,
            )}
          </select>
          <select aria-label="Status" @change=${this.choose('status')}>
            <option value="" .selected=${!filters.status}>Any status</option>
            <option value="ok" .selected=${filters.status === 'ok'}>No error</option>
            <option value="error" .selected=${filters.status === 'error'}>Error</option>
          </select>
          ${this.renderTime()} ${this.renderDuration()}
          <input class="attribute" placeholder="attribute:value" aria-label="Attribute and value"
            autocapitalize="none" autocomplete="off" spellcheck="false" @change=${this.addAttribute}>
        </div>
        ${this.renderChips()}
        <button class="heard" tabindex="-1" aria-hidden="true">Search</button>
      </form>
    `;
  }

  private renderTime() {
    const { since, start, end } = this.filters;
    const custom = !since && (this.custom || start !== '' || end !== '');
    return html`
      <select aria-label="Time" @change=${this.chooseTime}>
        <option value="" .selected=${!since && !custom}>Any time</option>
        ${[...SINCE.keys()].map(
          (key) =>
            html`<option value=${key} .selected=${key === since}>${SINCE_NAMES[key]}</option>`,
        )}
        <option value=${CUSTOM} .selected=${custom}>From … to …</option>
      </select>
      ${
        custom
          ? html`<span class="pair">
              <input type="datetime-local" step="1" min=${FIRST_DATE} max=${LAST_DATE} aria-label="Started after"
                .value=${toLocal(start)} @change=${this.chooseDate('start')}>
              <span class="to">–</span>
              <input type="datetime-local" step="1" min=${FIRST_DATE} max=${LAST_DATE} aria-label="Started before"
                .value=${toLocal(end)} @change=${this.chooseDate('end')}>
            </span>`
          : nothing
      }
    `;
  }

  private renderDuration() {
    const { minDurationMs, maxDurationMs } = this.filters;
    return html`<span class="pair">
      <input type="number" min="0" step="any" placeholder="min ms" aria-label="Shortest duration in milliseconds"
        .value=${minDurationMs} @change=${this.choose('minDurationMs')}>
      <span class="to">–</span>
      <input type="number" min="0" step="any" placeholder="max ms" aria-label="Longest duration in milliseconds"
        .value=${maxDurationMs} @change=${this.choose('maxDurationMs')}>
    </span>`;
  }

  private renderChips() {
    const { attributes } = this.filters;
    if (attributes.length === 0) return nothing;
    return html`<ul aria-label="Attributes">
      ${attributes.map((attribute) => {
        const text = legibleName(attribute);
        const others = attributes.filter((other) => other !== attribute);
        return html`<li>
          <span class="mono">${text}</span>
          <button class="quiet-button" type="button" aria-label="Remove ${text}"
            @click=${() => this.go({ ...this.filters, attributes: others })}>${closeIcon}</button>
        </li>`;
      })}
    </ul>`;
  }

  /** Filters beside the text, for the button that hides them. */
  private countSet(): number {
    const { service, status, minDurationMs, maxDurationMs, attributes, since, start, end } =
      this.filters;
    const set = [service, status, minDurationMs || maxDurationMs, since || start || end];
    return set.filter(Boolean).length + attributes.length;
  }

  private readonly choose = (key: keyof Filters) => (event: Event) => {
    const input = event.target as HTMLInputElement | HTMLSelectElement;
    if (input.reportValidity()) this.go({ ...this.filters, [key]: input.value });
  };

  private readonly chooseTime = (event: Event) => {
    const { value } = event.target as HTMLSelectElement;
    this.custom = value === CUSTOM;
    if (!this.custom) this.go({ ...this.filters, since: value, start: '', end: '' });
    else if (this.filters.since) this.go({ ...this.filters, since: '' });
  };

  private readonly chooseDate = (key: 'start' | 'end') => (event: Event) => {
    const input = event.target as HTMLInputElement;
    // A year is there after its first digit: no time to complain, nor to go anywhere.
    if (!input.checkValidity()) return;
    const date = new Date(input.value);
    const value = Number.isNaN(date.getTime()) ? '' : date.toISOString();
    this.go({ ...this.filters, [key]: value });
  };

  private readonly addAttribute = (event: Event) => {
    const input = event.target as HTMLInputElement;
    const attribute = input.value.trim();
    const wrong = attribute !== '' && !isAttribute(attribute);
    input.setCustomValidity(wrong ? 'Write it as key:value, for example http.route:/todos' : '');
    if (!input.reportValidity() || !attribute) return;
    input.value = '';
    this.go({ ...this.filters, attributes: [...this.filters.attributes, attribute] });
  };

  private readonly type = () => {
    clearTimeout(this.typing);
    this.typing = setTimeout(this.takeText, TYPING_MS);
  };

  private readonly takeText = () => {
    clearTimeout(this.typing);
    const text = this.search.value.trim();
    if (text === this.filters.text) return;
    this.go({ ...this.filters, text }, this.typed);
    this.typed = true;
  };

  private readonly typedEnough = () => {
    this.takeText();
    this.typed = false;
  };

  private readonly submit = (event: Event) => {
    event.preventDefault();
    this.typedEnough();
  };

  private readonly unfold = () => {
    this.open = !this.open;
  };

  private go(filters: Filters, replace = false) {
    const hash = isTraceId(filters.text)
      ? traceHash(filters.text.toLowerCase())
      : listHash(filters);
    if (replace) location.replace(hash);
    else location.hash = hash;
  }
}

/** As `datetime-local` wants it: without a zone, in the zone of who looks. */
function toLocal(time: string): string {
  const date = new Date(time);
  if (!time || Number.isNaN(date.getTime())) return '';
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19);
}
