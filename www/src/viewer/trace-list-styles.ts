// Styles of the list: a dense table, and two lines a trace where there is no room for one.
import { css } from 'lit';

export const listStyles = css`
  .bar { display: flex; align-items: center; gap: 12px; padding: 8px 16px; border-bottom: 1px solid var(--line); }
  .bar trace-filters { flex: 1; min-width: 0; }
  label { display: flex; align-items: center; gap: 4px; color: var(--muted); }
  label input { height: auto; margin: 0; accent-color: var(--accent); }
  .scroll { flex: 1; overflow: auto; min-height: 0; }
  table { width: 100%; border-collapse: collapse; background: var(--surface); }
  th {
    position: sticky; top: 0; z-index: 1; background: var(--page); text-align: left; font-weight: 500;
    color: var(--muted); font-size: 12px; padding: 6px 8px; box-shadow: inset 0 -1px var(--line);
  }
  td { padding: 5px 8px; border-bottom: 1px solid var(--line-soft); vertical-align: middle; white-space: nowrap; }
  th:first-child, td:first-child { padding-left: 16px; }
  th:last-child, td:last-child { padding-right: 16px; }
  tbody tr { position: relative; }
  tbody tr:hover { background: var(--raised); }
  .right { text-align: right; }
  .name { width: 40%; max-width: 0; overflow: hidden; text-overflow: ellipsis; }
  .name a { color: var(--text); font-weight: 500; }
  /* The whole row is the link. */
  .name a::after { content: ''; position: absolute; inset: 0; }
  .name a:focus-visible { outline: none; }
  .name a:focus-visible::after { outline: 2px solid var(--accent); outline-offset: -2px; }
  .id { margin-left: 8px; font-size: 11px; }
  .services { width: 30%; max-width: 0; overflow: hidden; text-overflow: ellipsis; }
  .service { display: inline-flex; align-items: center; gap: 5px; margin-right: 12px; color: var(--muted); }
  .ok { color: var(--ok); }
  .more { text-align: center; margin: 12px; }

  @media (max-width: 640px) {
    .bar { align-items: start; padding: 8px; }
    label { height: 28px; }
    thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    table, tbody { display: block; }
    tbody tr {
      display: grid; grid-template-columns: 1fr auto auto; gap: 0 10px; padding: 7px 12px;
      border-bottom: 1px solid var(--line-soft);
    }
    td, td:first-child, td:last-child { padding: 0; border: 0; }
    .name, .services { width: auto; max-width: none; min-width: 0; }
    .name { grid-column: 1 / 3; }
    .duration { grid-column: 3; grid-row: 1; }
    .services { grid-column: 1; grid-row: 2; }
    /* The first by name, the others by their colours. */
    .service + .service { font-size: 0; margin-right: 4px; gap: 0; }
    td:nth-child(3) { grid-column: 2; grid-row: 2; }
    .status { grid-column: 3; grid-row: 2; text-align: right; }
    .spans { display: none; }
    .id { display: none; }
  }
`;
