// Styles of the list: a dense table, and two lines a trace where there is no room for one.
import { css } from 'lit';

export const listStyles = css`
  :host { display: flex; flex-direction: column; }
  .bar { display: flex; align-items: start; gap: 8px; padding: 10px 16px; border-bottom: 1px solid var(--line); }
  .bar trace-filters { flex: 1; min-width: 0; }
  .live { flex: none; min-width: 92px; }
  .lamp { width: 8px; height: 8px; border-radius: 50%; background: var(--line-strong); }
  .on .lamp { background: var(--ok); }
  .lost .lamp { background: var(--warning); }
  .live .icon { color: var(--muted); }
  .banner { display: flex; align-items: center; gap: 12px; flex-wrap: wrap; }
  .again { height: 26px; color: var(--text); }
  .frame { position: relative; flex: 1; min-height: 0; display: flex; flex-direction: column; }
  .scroll { flex: 1; overflow: auto; min-height: 0; overflow-anchor: none; }
  .waiting {
    position: absolute; z-index: 3; top: 2px; left: 50%; height: 26px; transform: translateX(-50%); border-radius: 15px;
    color: var(--accent); border-color: var(--accent); box-shadow: var(--shadow); font-weight: 500;
  }
  table { width: 100%; border-collapse: collapse; background: var(--surface); }
  th {
    position: sticky; top: 0; z-index: 1; background: var(--page); text-align: left; font-weight: 500;
    color: var(--muted); font-size: 12px; padding: 6px 10px; box-shadow: inset 0 -1px var(--line);
  }
  td { padding: 6px 10px; border-bottom: 1px solid var(--line-soft); vertical-align: middle; white-space: nowrap; line-height: 20px; }
  th:first-child, td:first-child { padding-left: 16px; }
  th:last-child, td:last-child { padding-right: 16px; }
  tbody tr { position: relative; }
  tbody tr:hover { background: var(--raised); }
  .right { text-align: right; }
  .name { width: 40%; max-width: 0; overflow: hidden; text-overflow: ellipsis; }
  .name a { color: var(--text); font-weight: 500; unicode-bidi: isolate; }
  .name a:hover { text-decoration: none; }
  /* The whole row is the link. */
  .name a::after { content: ''; position: absolute; inset: 0; }
  .name a:focus-visible { outline: none; }
  .name a:focus-visible::after { outline: 2px solid var(--accent); outline-offset: -2px; }
  .id { margin-left: 8px; font-size: 11px; }
  .services { width: 30%; max-width: 0; overflow: hidden; text-overflow: ellipsis; }
  .service { display: inline-flex; align-items: center; height: 20px; vertical-align: top; gap: 6px; margin-right: 14px; color: var(--muted); max-width: 100%; }
  .service-name { overflow: hidden; text-overflow: ellipsis; unicode-bidi: isolate; }
  .ok { color: var(--ok); }
  .more { text-align: center; margin: 14px; }

  @media (max-width: 640px) {
    .bar { padding: 8px; flex-direction: column; align-items: stretch; gap: 8px; }
    .live { align-self: flex-end; position: absolute; top: 5px; right: 8px; }
    thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    table, tbody { display: block; }
    tbody tr {
      display: grid; grid-template-columns: minmax(0, 1fr) auto auto; gap: 1px 12px; padding: 8px 12px;
      border-bottom: 1px solid var(--line-soft);
    }
    td, td:first-child, td:last-child { padding: 0; border: 0; }
    .name, .services { width: auto; max-width: none; min-width: 0; }
    .name { grid-column: 1 / 3; }
    .duration { grid-column: 3; grid-row: 1; }
    .services { grid-column: 1; grid-row: 2; text-overflow: clip; }
    /* The first by name, the others by their colours. */
    .service + .service { margin-right: 5px; }
    .service + .service .service-name { position: absolute; width: 1px; overflow: hidden; clip-path: inset(50%); }
    .started { grid-column: 2; grid-row: 2; }
    .status { grid-column: 3; grid-row: 2; text-align: right; }
    .spans, .id { display: none; }
  }
`;
