// Attributes as keys and values, each to be copied or to be searched for. All of it is text from strangers, and is only text here.
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { formatValue, legible } from './format.ts';
import { filterIcon } from './icons.ts';
import { attributeOf, listHash, NO_FILTERS } from './route.ts';
import { shared } from './shared-styles.ts';
import './copy-button.ts';

/** What is longer or more is shown when it is asked for. */
const MOST_CHARACTERS = 2000;
const MOST_ATTRIBUTES = 200;
/** A name of more parts is broken anywhere. */
const MOST_PARTS = 20;

@customElement('attribute-list')
export class AttributeList extends LitElement {
  static override styles = [
    shared,
    css`
      :host { display: block; }
      dl { margin: 0; }
      div { position: relative; display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: 0 12px; padding: 3px 0; }
      div + div { border-top: 1px solid var(--line-soft); }
      dt, dd { margin: 0; font: 12px/18px var(--mono); overflow-wrap: anywhere;}
      dt { unicode-bidi: isolate; color: var(--muted); }
      .value { white-space: pre-wrap; unicode-bidi: isolate; }
      .tools { position: absolute; right: -6px; top: -1px; display: flex; background: var(--surface); border-radius: 6px; opacity: 0; }
      div:hover .tools, div:focus-within .tools { opacity: 1; }
      .tools a, .more { font: 12px/18px var(--sans); }
      .tools a { width: 28px; height: 26px; }
      .more { height: auto; padding: 2px 8px; margin: 4px 0; display: block; }
      @media (hover: none) {
        dd { display: flex; justify-content: space-between; align-items: start; }
        .value { min-width: 0; }
        .tools { position: static; flex: none; margin: -4px -6px -4px 4px; opacity: 1; background: none; }
      }
    `,
  ];

  @property({ attribute: false }) entries: Record<string, unknown> = {};
  /** The collector finds traces by attributes of spans only. */
  @property({ type: Boolean }) searchable = false;
  @state() private whole: ReadonlySet<string> = new Set();
  @state() private all = false;

  override render() {
    const entries = Object.entries(this.entries).sort(([a], [b]) => (a < b ? -1 : 1));
    const shown = this.all ? entries : entries.slice(0, MOST_ATTRIBUTES);
    return html`
      <dl>${repeat(
        shown,
        ([key]) => key,
        ([key, value]) => this.renderEntry(key, formatValue(value), value),
      )}</dl>
      ${
        shown.length < entries.length
          ? html`<button class="more" @click=${this.showAll}>Show all ${entries.length.toLocaleString()}</button>`
          : nothing
      }
    `;
  }

  private renderEntry(key: string, text: string, value: unknown) {
    const name = legible(key.slice(0, MOST_CHARACTERS));
    const cut = text.length > MOST_CHARACTERS && !this.whole.has(key);
    const attribute = this.searchable ? attributeOf(key, value) : undefined;
    return html`<div>
      <dt>${breakable(name)}</dt>
      <dd><span class="value" dir="auto">${legible(cut ? `${text.slice(0, MOST_CHARACTERS)}…` : text)}${
        cut
          ? html`<button class="more" @click=${() => this.showWhole(key)}
              >Show all ${text.length.toLocaleString()} characters</button>`
          : nothing
      }</span><span class="tools">
        ${
          attribute
            ? html`<a class="quiet-button" title="Traces with this value" aria-label="Traces with this value of ${name}"
                href=${listHash({ ...NO_FILTERS, attributes: [attribute] })}>${filterIcon}</a>`
            : nothing
        }
        <copy-button .what=${name} .text=${() => text}></copy-button>
      </span></dd>
    </div>`;
  }

  private showWhole(key: string) {
    this.whole = new Set([...this.whole, key]);
  }

  private readonly showAll = () => {
    this.all = true;
  };
}

/** A name is broken behind its dots rather than inside a word. */
function breakable(name: string) {
  const parts = name.split(/(?<=[._/])/, MOST_PARTS);
  return parts.length < MOST_PARTS ? parts.map((part) => html`${part}<wbr>`) : name;
}
