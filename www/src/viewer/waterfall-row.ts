// One row of the waterfall: the span's name and marks, its bar, its events. Everything of a span is text, never markup.
import { html, nothing } from 'lit';
import { type Bar, barOf, type EventMark, eventMarks, fewNames } from './bars.ts';
import { count, formatDuration, legibleName } from './format.ts';
import { chevronIcon, errorMark } from './icons.ts';
import { isTraceId, traceHash } from './route.ts';
import { isError, isIncomplete, type Row } from './rows.ts';
import type { TimeRange } from './time-range.ts';

/** Deeper levels are not indented further: the name must keep its room. */
const MOST_INDENTED = 16;

export interface RowView {
  row: Row;
  index: number;
  top: number;
  height: number;
  indentPx: number;
  range: TimeRange;
  colour: number;
  selected: boolean;
  active: boolean;
  dimmed: boolean;
  found: boolean;
  /** Whether what pops up has more room above. */
  low: boolean;
  choose: () => void;
  toggle: () => void;
  showLinks: () => void;
}

export function renderRow(view: RowView) {
  const { row, active } = view;
  const { span } = row;
  const error = isError(span);
  const incomplete = isIncomplete(span);
  const bar = barOf(span, view.range);
  const events = eventMarks(span, view.range);
  const classes = [
    'row',
    `colour-${view.colour}`,
    error && 'error',
    incomplete && 'incomplete',
    view.dimmed && 'dimmed',
    view.found && 'found',
    view.low && 'low',
  ];
  const indent = Math.min(span.depth, MOST_INDENTED) * view.indentPx;
  const name = legibleName(span.name);
  const service = legibleName(span.serviceName, '(no service)');
  return html`
    <div class=${classes.filter(Boolean).join(' ')} role="row" id="row-${view.index}"
      aria-level=${span.depth + 1} aria-rowindex=${view.index + 2}
      aria-expanded=${row.hasChildren ? String(!row.collapsed) : nothing}
      aria-selected=${String(view.selected)} tabindex=${active ? 0 : -1} data-index=${view.index}
      .style=${`height:${view.height}px;transform:translateY(${view.top}px)`} @click=${view.choose}>
      <span class="name" role="gridcell">
        <span class="guides" .style=${`width:${indent}px;background-size:${view.indentPx}px 100%`}></span>
        <span class="toggle" aria-hidden="true" @click=${(event: Event) => toggled(event, view)}
          >${row.hasChildren ? chevronIcon : nothing}</span
        >
        ${error ? errorMark : html`<span class="dot" aria-hidden="true"></span>`}
        <span class="label" title="${service}: ${name}">${name}</span>
        <span class="service">${service}</span>
        ${row.collapsed ? renderHidden(row) : nothing}
        ${
          span.orphan
            ? html`<span class="badge warning" title="The parent of this span is not in the database, or its parents run in a circle">orphan</span>`
            : nothing
        }
        ${
          incomplete
            ? html`<span class="badge warning" title="The page ended before the span did">incomplete</span>`
            : nothing
        }
        ${renderLinks(view)}
      </span>
      <span class="time" role="gridcell">${renderBar(span.durationMs, bar)} ${events.map(renderEvent)}
        ${span.events.length > 0 ? renderEventNames(view, events) : nothing}</span>
    </div>
  `;
}

function toggled(event: Event, { row, toggle }: RowView) {
  if (!row.hasChildren) return;
  event.stopPropagation();
  toggle();
}

function renderHidden({ below, errorsBelow }: Row) {
  return html`<span class="badge hidden-spans" title="${count(below, 'span')} below, hidden"
    >+${below.toLocaleString()}${errorsBelow > 0 ? html` ${errorMark}${errorsBelow}` : nothing}</span
  >`;
}

/** One link leads there at once; of several the details tell which. */
function renderLinks({ row: { span }, active, showLinks }: RowView) {
  const stop = (event: Event) => event.stopPropagation();
  const tabindex = active ? 0 : -1;
  const out = span.links.filter(({ traceId }) => isTraceId(traceId));
  const mark = (
    targets: { traceId: string; spanId: string }[],
    sign: string,
    kind: string,
    says: string,
  ) => {
    const [target] = targets;
    if (!target) return nothing;
    if (targets.length === 1) {
      return html`<a class="link ${kind}" tabindex=${tabindex} title=${says} aria-label=${says}
        href=${traceHash(target.traceId, target.spanId)} @click=${stop} @keydown=${stop}>${sign}</a>`;
    }
    const show = (event: Event) => {
      stop(event);
      showLinks();
    };
    return html`<button class="link ${kind}" tabindex=${tabindex} title=${says} aria-label=${says}
      @click=${show} @keydown=${stop}>${sign}${targets.length}</button>`;
  };
  const from = span.linkedFrom ?? [];
  const fromName = from[0] ? legibleName(from[0].name) : '';
  return html`${mark(
    out,
    '↗',
    'out',
    out.length === 1 ? 'Go to the span that this one links to' : `Links to ${out.length} spans`,
  )}${mark(
    from,
    '↙',
    'in',
    from.length === 1
      ? `Go to ${fromName}, which links to this span`
      : `${from.length} spans link to this one`,
  )}`;
}

function renderBar(durationMs: number, bar: Bar) {
  const end = bar.left + bar.width;
  if (bar.outside) {
    return html`<span class="outside ${bar.outside}" title="Outside of what is looked at"
      >${bar.outside === 'before' ? '◂' : '▸'} ${formatDuration(durationMs)}</span>`;
  }
  const label = {
    after: `left:${end}%`,
    before: `right:${100 - bar.left}%`,
    inside: `right:${100 - end}%`,
  }[bar.label];
  return html`<span class="bar" .style=${`left:min(${bar.left}%, 100% - 3px);width:${bar.width}%`}></span>
    <span class="duration ${bar.label}" .style=${label}>${formatDuration(durationMs)}</span>`;
}

function renderEvent({ at, names }: EventMark) {
  const said = names.map((name) => legibleName(name)).join(', ');
  return html`<span class="event ${at > 60 ? 'left' : ''}" data-names=${said} .style=${`left:${at}%`}></span>`;
}

/** Said to those who listen, and shown while the row has the keyboard's focus. */
function renderEventNames({ row: { span } }: RowView, events: EventMark[]) {
  const names = fewNames(span.events.map(({ name }) => name)).map((name) => legibleName(name));
  const at = events[0]?.at ?? 0;
  const side = at > 60 ? `right:${100 - at}%` : `left:${at}%`;
  return html`<span class="events" .style=${side}>${count(span.events.length, 'event')}: ${names.join(', ')}</span>`;
}
