// Styles that several components share: service dots, badges, focus, notices.
import { css } from 'lit';

export const shared = css`
  * { box-sizing: border-box; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: 3px; }
  a { color: var(--accent); text-decoration: none; }
  a:hover { text-decoration: underline; }
  .mono { font-family: var(--mono); font-size: 12px; }
  .muted { color: var(--muted); }
  .number { font-variant-numeric: tabular-nums; }

  .colour-0 { --service: var(--colour-0); }
  .colour-1 { --service: var(--colour-1); }
  .colour-2 { --service: var(--colour-2); }
  .colour-3 { --service: var(--colour-3); }
  .colour-4 { --service: var(--colour-4); }
  .colour-5 { --service: var(--colour-5); }
  .colour-6 { --service: var(--colour-6); }
  .colour-7 { --service: var(--colour-7); }
  .dot { flex: none; display: inline-block; width: 8px; height: 8px; border-radius: 2px; background: var(--service); }

  .badge {
    display: inline-block; padding: 0 6px; border-radius: 3px; font-size: 11px; line-height: 17px;
    white-space: nowrap; background: var(--raised); color: var(--muted);
  }
  .badge.error { background: var(--error-soft); color: var(--error); }
  .badge.warning { background: var(--warning-soft); color: var(--warning); }

  .notice { padding: 48px 16px; text-align: center; color: var(--muted); overflow-wrap: anywhere; }
  .notice strong { display: block; margin-bottom: 4px; color: var(--text); font-size: 14px; }
  .banner { padding: 6px 16px; background: var(--error-soft); color: var(--error); }

  button, select, input {
    font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--line);
    border-radius: 4px; height: 28px; padding: 0 8px;
  }
  button { cursor: pointer; }
  button:hover { background: var(--raised); }
`;
