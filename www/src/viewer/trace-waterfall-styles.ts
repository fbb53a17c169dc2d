// Styles of the waterfall: name and time side by side, one above the other where it is narrow.
import { css } from 'lit';

export const waterfallStyles = css`
  :host { --name: 38%; display: flex; flex-direction: column; min-height: 0; background: var(--surface); }
  .scroll { flex: 1; min-height: 0; overflow: hidden auto; }
  .head {
    position: sticky; top: 0; z-index: 4; display: flex; height: 28px; align-items: center;
    color: var(--muted); font-size: 11px; background: var(--page); box-shadow: inset 0 -1px var(--line);
  }
  .head .name { padding-left: 16px; font-size: 12px; }
  .ticks {
    position: relative; flex: 1; height: 100%; margin: 0 16px 0 8px; font-variant-numeric: tabular-nums;
    cursor: crosshair; touch-action: pan-y;
  }
  .ticks span { position: absolute; top: 6px; padding-left: 4px; white-space: nowrap; pointer-events: none; }
  .ticks span.last { transform: translateX(-100%); padding: 0 4px 0 0; }
  .ticks .drag { top: 0; bottom: 0; padding: 0; background: var(--accent); opacity: 0.25; }
  .rows { position: relative; }
  .grid { position: absolute; inset: 0 16px 0 calc(var(--name) + 8px); pointer-events: none; }
  .grid span { position: absolute; top: 0; bottom: 0; width: 1px; background: var(--line-soft); }
  .grid .drag { width: auto; background: var(--accent); opacity: 0.1; }
  .row {
    position: absolute; inset: 0 0 auto 0; display: flex; align-items: center; cursor: pointer;
    border-bottom: 1px solid var(--line-soft);
  }
  .row:hover, .row:focus-within { z-index: 2; }
  .row:hover { background: var(--raised); }
  .row[aria-selected='true'] { background: var(--accent-soft); box-shadow: inset 3px 0 var(--accent); }
  .head .name, .row .name { flex: none; width: var(--name); }
  .row .name { display: flex; align-items: center; align-self: stretch; gap: 6px; overflow: hidden; white-space: nowrap; }
  .guides {
    flex: none; align-self: stretch; margin: 0 -6px 0 12px;
    background: linear-gradient(to right, var(--line) 1px, transparent 1px) 6px 0 repeat-x;
  }
  .toggle { flex: none; width: 20px; margin: 0 -4px 0 0; color: var(--muted); align-self: stretch; display: grid; place-items: center; }
  .toggle:hover { color: var(--text); }
  .row[aria-expanded='true'] .toggle .icon { transform: rotate(90deg); }
  .label { overflow: hidden; text-overflow: ellipsis; min-width: 3ch; unicode-bidi: isolate; }
  .service { color: var(--muted); font-size: 11px; overflow: hidden; text-overflow: ellipsis; flex: 0 1000 auto; unicode-bidi: isolate; }
  .badge { flex: none; }
  .link {
    flex: none; min-width: 24px; height: 24px; padding: 0 4px; border: 0; border-radius: 4px; background: none;
    color: var(--accent); font-size: 13px; line-height: 24px; text-align: center;
  }
  .link + .link { margin-left: -6px; }
  .link:hover { background: var(--accent-soft); text-decoration: none; }
  .time { position: relative; flex: 1; min-width: 0; align-self: stretch; margin: 0 16px 0 8px; }
  .bar {
    position: absolute; top: 50%; height: 12px; margin-top: -6px; min-width: 3px; border-radius: 3px;
    background: var(--service);
  }
  .error .bar { box-shadow: 0 0 0 1px var(--surface), 0 0 0 3px var(--error); }
  .error .label { color: var(--error); }
  .incomplete .bar { border-radius: 3px 0 0 3px; mask-image: linear-gradient(to right, #000 50%, rgb(0 0 0 / 15%)); }
  .duration, .outside {
    position: absolute; top: 50%; transform: translateY(-50%); margin: 0 6px; font-size: 11px; line-height: 15px;
    color: var(--muted); white-space: nowrap; font-variant-numeric: tabular-nums; pointer-events: none;
  }
  .duration.inside {
    z-index: 1; margin: 0 1px; padding: 0 5px; border-radius: 3px; color: var(--surface); font-weight: 600;
    line-height: 12px; background: var(--service);
  }
  .dimmed .duration.inside { color: var(--text); background: none; }
  .outside { margin: 0; }
  .outside.after { right: 0; }
  .dimmed .bar, .dimmed .dot, .dimmed .event { opacity: 0.22; }
  .dimmed .label { color: var(--muted); }
  .found .label { background: var(--mark); box-shadow: 0 0 0 2px var(--mark); border-radius: 2px; }

  .event { position: absolute; top: 50%; height: 18px; margin-top: -9px; width: 9px; margin-left: -4.5px; }
  .event::before {
    content: ''; position: absolute; left: 4px; top: 0; bottom: 0; width: 1px;
    background: var(--text); box-shadow: 0 0 0 1px var(--surface); opacity: 0.85;
  }
  .event::after { content: attr(data-names); display: none; left: 0; }
  .event.left::after { left: auto; right: 0; }
  .event:hover::after { display: block; }
  .event::after, .events {
    position: absolute; z-index: 3; top: calc(100% + 4px); width: max-content; max-width: min(320px, 60vw); padding: 4px 8px;
    border-radius: 6px; background: var(--text); color: var(--surface); font-size: 11px; line-height: 15px;
    white-space: normal; overflow-wrap: anywhere; pointer-events: none;
  }
  .events { opacity: 0; width: 1px; height: 1px; overflow: hidden; padding: 0; }
  .row:focus-visible .events { opacity: 1; width: max-content; height: auto; padding: 4px 8px; }
  .low .event::after, .low .events { top: auto; bottom: calc(100% + 4px); }

  @media (max-width: 640px) {
    .head .name, name-splitter { display: none; }
    .ticks, .time { margin: 0 12px; }
    .grid { inset: 0 12px; }
    .row { flex-direction: column; align-items: stretch; }
    .row .name { width: auto; height: 26px; align-self: auto; padding-right: 12px; }
    .guides { margin-left: 6px; }
    .time { flex: none; height: 17px; align-self: auto; }
  }
  @media (prefers-reduced-motion: no-preference) {
    .toggle .icon { transition: transform 0.1s; }
  }
`;
