// Styles of the waterfall: name and time side by side, one above the other where it is narrow.
import { css } from 'lit';

export const waterfallStyles = css`
  :host { display: flex; flex-direction: column; min-height: 0; background: var(--surface); --name: 42%; }
  .head {
    position: sticky; top: 0; z-index: 1; display: flex; height: 26px; align-items: center;
    color: var(--muted); font-size: 11px; background: var(--page); border-bottom: 1px solid var(--line);
  }
  .head .name { padding-left: 16px; }
  .ticks { position: relative; flex: 1; height: 100%; margin: 0 16px 0 8px; font-variant-numeric: tabular-nums; }
  .ticks span { position: absolute; top: 4px; transform: translateX(-50%); white-space: nowrap; }
  .ticks span:first-child { transform: none; }
  .ticks span:last-child { transform: translateX(-100%); }
  .scroll { flex: 1; min-height: 0; overflow: hidden auto; }
  .rows { position: relative; }
  .row {
    position: absolute; inset: 0 0 auto 0; display: flex; align-items: center; cursor: pointer;
    border-bottom: 1px solid var(--line-soft);
  }
  .row:hover { background: var(--raised); }
  .row[aria-selected='true'] { background: var(--accent-soft); }
  .head .name, .row .name { flex: none; width: var(--name); }
  .row .name { display: flex; align-items: center; gap: 6px; overflow: hidden; white-space: nowrap; }
  .toggle { flex: none; width: 18px; margin-right: -4px; text-align: center; color: var(--muted); align-self: stretch; display: grid; place-items: center; }
  .row .name .toggle { margin-left: 6px; }
  .label { overflow: hidden; text-overflow: ellipsis; min-width: 40px; }
  .service { color: var(--muted); font-size: 11px; overflow: hidden; text-overflow: ellipsis; flex: 0 1000 auto; }
  .badge, .links { flex: none; }
  .links { color: var(--muted); font-size: 11px; }
  .time { position: relative; flex: 1; align-self: stretch; margin: 0 16px 0 8px; }
  .time {
    background-image: linear-gradient(to right, var(--line-soft) 1px, transparent 1px);
    background-size: 25% 100%;
  }
  .bar {
    position: absolute; top: 50%; height: 10px; margin-top: -5px; min-width: 2px; border-radius: 2px;
    background: var(--service);
  }
  .error .bar { background: var(--error); }
  .error .label { color: var(--error); }
  .incomplete .bar { border-radius: 2px 0 0 2px; mask-image: linear-gradient(to right, #000 60%, transparent); }
  .duration {
    position: absolute; top: 50%; transform: translateY(-50%); padding: 0 6px; font-size: 11px;
    color: var(--muted); white-space: nowrap; font-variant-numeric: tabular-nums;
  }
  .duration.inside { color: var(--surface); font-weight: 600; font-size: 9.5px; line-height: 10px; }

  @media (max-width: 640px) {
    .head .name { display: none; }
    .ticks, .time { margin: 0 10px; }
    .ticks span:nth-child(even) { display: none; }
    .row { flex-direction: column; align-items: stretch; }
    .row .name { width: auto; height: 24px; padding-right: 10px; }
    .time { flex: none; height: 17px; }
    .bar { height: 8px; margin-top: -4px; }
    .duration.inside { line-height: 8px; font-size: 8px; }
  }
`;
