// Everything that one span recorded. All of it is text from strangers and is only ever text here.
import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { WaterfallSpan } from './collector.ts';
import { elapsedMs, formatDuration, formatExact, formatValue } from './format.ts';
import { traceHash } from './route.ts';
import { shared } from './shared-styles.ts';

/** A longer value is cut: it is for reading. */
const MOST_CHARACTERS = 4000;

/** Fires `span-select` with null when it is closed. */
@customElement('span-details')
export class SpanDetails extends LitElement {
  static override styles = [
    shared,
    css`
      :host { display: block; overflow: auto; background: var(--surface); }
      header {
        position: sticky; top: 0; display: flex; align-items: start; gap: 8px; padding: 10px 12px 8px 16px;
        background: var(--surface); border-bottom: 1px solid var(--line);
      }
      header div { flex: 1; min-width: 0; }
      h2 { margin: 0; font-size: 14px; font-weight: 600; overflow-wrap: anywhere; }
      header p { margin: 0; color: var(--muted); display: flex; align-items: center; gap: 6px; }
      button { flex: none; width: 28px; padding: 0; border-color: transparent; font-size: 16px; line-height: 1; }
      section { padding: 8px 16px; border-bottom: 1px solid var(--line-soft); }
      h3 { margin: 4px 0 6px; font-size: 11px; font-weight: 600; letter-spacing: 0.04em; text-transform: uppercase; color: var(--muted); }
      dl { display: grid; grid-template-columns: fit-content(52%) 1fr; gap: 3px 12px; margin: 0; }
      dt { color: var(--muted); overflow-wrap: anywhere; }
      dd { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; }
      dt, dd { font-size: 12px; }
      .attributes dt, .attributes dd { font-family: var(--mono); font-size: 11.5px; }
      .message { margin: 0 0 8px; padding: 6px 8px; border-radius: 4px; background: var(--error-soft); color: var(--error); overflow-wrap: anywhere; white-space: pre-wrap; }
      .event { margin: 0 0 8px; }
      .event > p { margin: 0 0 2px; display: flex; gap: 8px; justify-content: space-between; }
    `,
  ];

  @property({ attribute: false }) span!: WaterfallSpan;
  @property({ attribute: false }) colour = 0;

  override render() {
    const { span } = this;
    return html`
      <header>
        <div>
          <h2>${span.name || '(no name)'}</h2>
          <p class="colour-${this.colour}"><span class="dot"></span>${span.serviceName} · ${span.kind}</p>
        </div>
        <button aria-label="Close details" @click=${this.close}>×</button>
      </header>
      <section>
        ${
          span.status.code === 'error'
            ? html`<p class="message">${span.status.message || 'Error, without a message'}</p>`
            : nothing
        }
        <dl>
          <dt>Duration</dt><dd class="number">${formatDuration(span.durationMs)}</dd>
          <dt>Starts after</dt><dd class="number">${formatDuration(span.offsetMs)}</dd>
          <dt>Start</dt><dd class="number">${formatExact(span.startTimeUnixNano)}</dd>
          <dt>Status</dt><dd>${span.status.code}</dd>
          <dt>Span id</dt><dd class="mono">${span.spanId}</dd>
          <dt>Parent</dt><dd class="mono">${this.renderParent()}</dd>
        </dl>
      </section>
      ${this.renderSection('Attributes', attributeList(span.attributes), span.attributes)}
      ${this.renderSection('Events', this.renderEvents(), span.events)}
      ${this.renderSection('Links to', this.renderLinks(), span.links)}
      ${this.renderSection('Linked from', this.renderSources(), span.linkedFrom ?? [])}
    `;
  }

  private renderSection(title: string, content: unknown, of: object) {
    if (Object.keys(of).length === 0) return nothing;
    return html`<section><h3>${title}</h3>${content}</section>`;
  }

  private renderParent() {
    const { parentSpanId, traceId, orphan } = this.span;
    if (!parentSpanId) return 'none';
    if (orphan) return html`${parentSpanId} <span class="badge warning">not in the database</span>`;
    return html`<a href=${traceHash(traceId, parentSpanId)}>${parentSpanId}</a>`;
  }

  private renderEvents() {
    const { events, startTimeUnixNano } = this.span;
    return events.map(
      (event) => html`<div class="event">
        <p>
          <span>${event.name}</span>
          <span class="muted number">${signed(elapsedMs(startTimeUnixNano, event.timeUnixNano))}</span>
        </p>
        ${attributeList(event.attributes)}
      </div>`,
    );
  }

  private renderLinks() {
    return this.span.links.map(
      (link) => html`<div class="event">
        <a class="mono" href=${traceHash(link.traceId, link.spanId)}>${link.traceId.slice(0, 8)}… / ${link.spanId}</a>
        ${attributeList(link.attributes)}
      </div>`,
    );
  }

  private renderSources() {
    return this.span.linkedFrom?.map(
      ({ traceId, spanId, serviceName, name }) => html`<div class="event">
        <a href=${traceHash(traceId, spanId)}>${name}</a> <span class="muted">${serviceName}</span>
      </div>`,
    );
  }

  private readonly close = () => {
    this.dispatchEvent(new CustomEvent('span-select', { detail: null }));
  };
}

function attributeList(attributes: Record<string, unknown>) {
  const entries = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return nothing;
  return html`<dl class="attributes">
    ${entries.map(([key, value]) => html`<dt>${key}</dt><dd>${cut(formatValue(value))}</dd>`)}
  </dl>`;
}

function cut(text: string): string {
  const rest = text.length - MOST_CHARACTERS;
  return rest > 0 ? `${text.slice(0, MOST_CHARACTERS)}… (${rest} more characters)` : text;
}

const signed = (ms: number) => (ms < 0 ? `−${formatDuration(-ms)}` : `+${formatDuration(ms)}`);
