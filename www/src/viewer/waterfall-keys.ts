// What the keys do in the waterfall, and the list of them that `?` shows.
import type { Row } from './rows.ts';
import { rangeAround, type TimeRange } from './time-range.ts';

export interface WaterfallActions {
  readonly activeRow: Row | undefined;
  readonly pageLength: number;
  readonly durationMs: number;
  readonly selected: string | undefined;
  move(by: number): void;
  moveToEdge(last: boolean): void;
  moveToParent(): void;
  collapse(collapse: boolean): void;
  collapseAll(): void;
  expandAll(): void;
  choose(): void;
  select(spanId: string | null): void;
  zoom(factor: number): void;
  pan(share: number): void;
  showRange(range: TimeRange): void;
  showAll(): void;
}

export const TRACE_KEYS: readonly (readonly [keys: string[], does: string])[] = [
  [['↑', '↓'], 'previous or next span'],
  [['←', '→'], 'collapse or expand; to the parent or the first child'],
  [['Enter'], 'open or close the details'],
  [['Esc'], 'close the details, then show all of the time'],
  [['c', 'e'], 'collapse all, expand all'],
  [['+', '−', '0'], 'zoom in, zoom out, show all'],
  [['z'], 'zoom to the span'],
  [['Shift ←', 'Shift →'], 'earlier or later, when zoomed'],
  [['n', 'p'], 'next or previous error'],
  [['/'], 'find in the trace'],
  [['PgUp', 'PgDn', 'Home', 'End'], 'further'],
];

export const LIST_KEYS: readonly (readonly [keys: string[], does: string])[] = [
  [['/'], 'search'],
  [['↑', '↓'], 'previous or next trace, once one has the focus'],
  [['Enter'], 'open the trace'],
];

export const ZOOM_IN = 0.5;
export const ZOOM_OUT = 2;
const PAN = 0.25;

export function waterfallKey(event: KeyboardEvent, actions: WaterfallActions) {
  const row = actions.activeRow;
  if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
  const steps: Record<string, () => void> = {
    ArrowDown: () => actions.move(1),
    ArrowUp: () => actions.move(-1),
    PageDown: () => actions.move(actions.pageLength),
    PageUp: () => actions.move(-actions.pageLength),
    Home: () => actions.moveToEdge(false),
    End: () => actions.moveToEdge(true),
    ArrowRight: () => {
      if (event.shiftKey) actions.pan(PAN);
      else if (row.collapsed) actions.collapse(false);
      else if (row.hasChildren) actions.move(1);
    },
    ArrowLeft: () => {
      if (event.shiftKey) actions.pan(-PAN);
      else if (row.hasChildren && !row.collapsed) actions.collapse(true);
      else actions.moveToParent();
    },
    Enter: () => actions.choose(),
    ' ': () => actions.choose(),
    Escape: () => (actions.selected ? actions.select(null) : actions.showAll()),
    '+': () => actions.zoom(ZOOM_IN),
    '=': () => actions.zoom(ZOOM_IN),
    '-': () => actions.zoom(ZOOM_OUT),
    '0': () => actions.showAll(),
    z: () =>
      actions.showRange(rangeAround(row.span.offsetMs, row.span.durationMs, actions.durationMs)),
    c: () => actions.collapseAll(),
    e: () => actions.expandAll(),
  };
  const step = steps[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  step();
}
