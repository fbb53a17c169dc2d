// Everything that one span recorded. All of it is text from strangers and is only ever text here.
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Waterfall, WaterfallSpan } from './collector.ts';
import { elapsedMs, formatDuration, formatExact, legible, legibleName } from './format.ts';
import { closeIcon, errorMark, jsonIcon, linkIcon } from './icons.ts';
import { isTraceId, traceHash } from './route.ts';
import { isError, isIncomplete } from './rows.ts';
import { shared } from './shared-styles.ts';
import { detailsStyles } from './span-details-styles.ts';
import { spanJson } from './span-json.ts';
import './attribute-list.ts';
import './copy-button.ts';

/** More events or links are shown when they are asked for. */
const MOST_ITEMS = 100;
const MOST_MESSAGE = 4000;

/** Fires `span-select` with null when it is closed. */
@customElement('span-details')
export class SpanDetails extends LitElement {
  static override styles = [shared, detailsStyles];

  @property({ attribute: false }) span!: WaterfallSpan;
  @property({ attribute: false }) trace!: Waterfall;
  @property({ attribute: false }) colour = 0;
  /** Sections of which all items are shown. */
  @state() private whole: ReadonlySet<string> = new Set();

  override willUpdate(changed: PropertyValues<this>) {
    if (!changed.has('span') || changed.get('span')?.spanId === this.span.spanId) return;
    this.whole = new Set();
    this.scrollTop = 0;
  }

  override render() {
    const { span } = this;
    const resource = this.trace.resources?.[span.resource ?? -1];
    const scope = this.trace.scopes?.[span.scope ?? -1];
    return html`
      <header>
        <div>
          <h2 dir="auto">${legibleName(span.name)}</h2>
          <p class="colour-${this.colour}"><span class="dot"></span
            ><span class="service">${legibleName(span.serviceName, '(no service)')}</span><span class="kind">· ${span.kind}</span></p>
        </div>
        <copy-button .what=${'a link to this span'} .icon=${linkIcon}
          .text=${() => new URL(traceHash(span.traceId, span.spanId), location.href).href}></copy-button>
        <copy-button .what=${'the span as JSON'} .icon=${jsonIcon}
          .text=${() => spanJson(span, this.trace)}></copy-button>
        <button class="quiet-button" aria-label="Close details" title="Close (Esc)" @click=${this.close}>${closeIcon}</button>
      </header>
      <section>${this.renderState()} ${this.renderFacts()}</section>
      ${this.renderSection(
        'Attributes',
        span.attributes,
        html`<attribute-list searchable .entries=${span.attributes}></attribute-list>`,
      )}
      ${this.renderSection('Events', span.events, this.renderEvents())}
      ${this.renderSection('Links to', span.links, this.renderLinks())}
      ${this.renderSection('Linked from', span.linkedFrom ?? [], this.renderSources())}
      ${
        resource &&
        this.renderSection(
          'Resource',
          resource.attributes,
          html`<attribute-list .entries=${resource.attributes}></attribute-list>`,
        )
      }
      ${
        scope?.name
          ? this.renderSection(
              'Scope',
              scope,
              html`<p class="scope mono">${legibleName(scope.name)} ${legibleName(scope.version, '')}</p>
                <attribute-list .entries=${scope.attributes}></attribute-list>`,
            )
          : nothing
      }
    `;
  }

  private renderSection(title: string, of: object, content: unknown) {
    const length = Object.keys(of).length;
    if (length === 0) return nothing;
    const counted = Array.isArray(of) && length > 1;
    return html`<section>
      <h3>${title}${counted ? html` <span class="number">${length.toLocaleString()}</span>` : nothing}</h3>
      ${content}
    </section>`;
  }

  /** What is wrong with the span, in words. */
  private renderState() {
    const { span } = this;
    const message = legible((span.status.message ?? '').slice(0, MOST_MESSAGE));
    const backwards = elapsedMs(span.startTimeUnixNano, span.endTimeUnixNano);
    const early = this.beforeParent();
    return html`
      ${isError(span) ? html`<p class="message error" dir="auto">${errorMark}<span>${message || 'Error, without a message'}</span></p>` : nothing}
      ${isIncomplete(span) ? html`<p class="message">Incomplete: the page ended before this span did.</p>` : nothing}
      ${span.orphan ? html`<p class="message">${this.renderOrphan()}</p>` : nothing}
      ${backwards < 0 ? html`<p class="message">It says that it ended ${formatDuration(-backwards)} before it started.</p>` : nothing}
      ${early > 0 ? html`<p class="message">It says that it started ${formatDuration(early)} before its parent: the clocks differ.</p>` : nothing}
    `;
  }

  private renderOrphan() {
    return this.parent
      ? 'Orphan: its parents run in a circle.'
      : 'Orphan: its parent is not in the database.';
  }

  private get parent(): WaterfallSpan | undefined {
    const { parentSpanId } = this.span;
    return parentSpanId
      ? this.trace.spans.find(({ spanId }) => spanId === parentSpanId)
      : undefined;
  }

  /** Milliseconds; clocks of one machine are rounded, so that less than one says nothing. Nor does the start of a circle. */
  private beforeParent(): number {
    const parent = this.span.orphan ? undefined : this.parent;
    const early = parent ? parent.offsetMs - this.span.offsetMs : 0;
    return early >= 1 ? early : 0;
  }

  private renderFacts() {
    const { span } = this;
    const { spanId, traceId } = span;
    return html`<dl>
      <dt>Duration</dt><dd class="number">${formatDuration(span.durationMs)}</dd>
      <dt>Starts after</dt><dd class="number">${formatDuration(span.offsetMs)}</dd>
      <dt>Start</dt><dd class="number">${formatExact(span.startTimeUnixNano)}</dd>
      <dt>Status</dt><dd>${span.status.code}</dd>
      <dt>Span id</dt>
      <dd class="mono">${spanId} <copy-button .what=${'the span id'} .text=${() => spanId}></copy-button></dd>
      <dt>Trace id</dt>
      <dd class="mono">${traceId} <copy-button .what=${'the trace id'} .text=${() => traceId}></copy-button></dd>
      <dt>Parent</dt><dd class="mono">${this.renderParent()}</dd>
    </dl>`;
  }

  private renderParent() {
    const { parentSpanId, traceId } = this.span;
    if (!parentSpanId) return 'none';
    if (!this.parent) return parentSpanId;
    return html`<a href=${traceHash(traceId, parentSpanId)}>${parentSpanId}</a>`;
  }

  private renderEvents() {
    const { events, startTimeUnixNano } = this.span;
    return this.renderItems('events', events, (event) => {
      const after = elapsedMs(startTimeUnixNano, event.timeUnixNano);
      return html`<li>
        <p><span class="what" dir="auto">${legibleName(event.name)}</span>
          <span class="muted number">${after < 0 ? '' : '+'}${formatDuration(after)}</span></p>
        <attribute-list .entries=${event.attributes}></attribute-list>
      </li>`;
    });
  }

  private renderLinks() {
    const { links, traceId: here } = this.span;
    return this.renderItems('links', links, ({ traceId, spanId, attributes }) => {
      const where = traceId === here ? 'this trace' : `trace ${traceId.slice(0, 8)}…`;
      const span = html`↗ <span class="mono">${spanId}</span>`;
      return html`<li>
        ${
          isTraceId(traceId)
            ? html`<a href=${traceHash(traceId, spanId)}>${span} in ${where}</a>`
            : html`<span>${span} in a trace without a valid id</span>`
        }
        <attribute-list .entries=${attributes}></attribute-list>
      </li>`;
    });
  }

  private renderSources() {
    return this.renderItems(
      'linkedFrom',
      this.span.linkedFrom ?? [],
      ({ traceId, spanId, serviceName, name }) => html`<li>
        <a href=${traceHash(traceId, spanId)}>↙ <span class="what">${legibleName(name)}</span></a>
        <span class="muted service">${legibleName(serviceName, '(no service)')}</span>
      </li>`,
    );
  }

  private renderItems<T>(key: string, items: readonly T[], render: (item: T) => unknown) {
    const shown = this.whole.has(key) ? items : items.slice(0, MOST_ITEMS);
    return html`<ul class=${key}>${shown.map(render)}</ul>
      ${
        shown.length < items.length
          ? html`<button @click=${() => this.showWhole(key)}>Show all ${items.length.toLocaleString()}</button>`
          : nothing
      }`;
  }

  private showWhole(key: string) {
    this.whole = new Set([...this.whole, key]);
  }

  private readonly close = () => {
    this.dispatchEvent(new CustomEvent('span-select', { detail: null }));
  };
}
