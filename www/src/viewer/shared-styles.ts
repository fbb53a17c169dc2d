// Styles that several components share: controls, service dots, badges, focus, notices.
import { css } from 'lit';

export const shared = css`
  * { box-sizing: border-box; }
  [hidden] { display: none !important; }
  :focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: 4px; }
  a { color: var(--accent); text-decoration: none; }
  a:hover { text-decoration: underline; }
  .mono { font-family: var(--mono); font-size: 12px; }
  .muted { color: var(--muted); }
  .number { font-variant-numeric: tabular-nums; }
  /* For those who listen. */
  .heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

  .colour-0 { --service: var(--colour-0); }
  .colour-1 { --service: var(--colour-1); }
  .colour-2 { --service: var(--colour-2); }
  .colour-3 { --service: var(--colour-3); }
  .colour-4 { --service: var(--colour-4); }
  .colour-5 { --service: var(--colour-5); }
  .colour-6 { --service: var(--colour-6); }
  .colour-7 { --service: var(--colour-7); }
  .dot { flex: none; display: inline-block; width: 8px; height: 8px; border-radius: 2px; background: var(--service); }
  .icon, .error-mark { flex: none; display: block; }
  .error-mark { color: var(--error); }

  .badge {
    display: inline-flex; align-items: center; vertical-align: top; gap: 4px; padding: 0 6px; border-radius: 4px; font-size: 11px;
    line-height: 18px; white-space: nowrap; background: var(--raised); color: var(--muted);
  }
  .badge.error { background: var(--error-soft); color: var(--error); }
  .badge.warning { background: var(--warning-soft); color: var(--warning); }

  .notice { padding: 64px 16px; text-align: center; color: var(--muted); overflow-wrap: anywhere; }
  .notice strong, .notice h1 { display: block; margin: 0 0 6px; color: var(--text); font-size: 15px; font-weight: 600; }
  .notice p { margin: 0 auto 4px; max-width: 60ch; }
  .banner { padding: 7px 16px; background: var(--error-soft); color: var(--error); overflow-wrap: anywhere; }
  .banner.quiet { background: var(--warning-soft); color: var(--warning); }

  button, select, input {
    font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--line-strong);
    border-radius: 6px; height: 30px; padding: 0 9px;
  }
  input::placeholder { color: var(--muted); opacity: 1; }
  button { cursor: pointer; display: inline-flex; align-items: center; justify-content: center; gap: 6px; }
  button:hover:not(:disabled) { background: var(--raised); }
  button:disabled { color: var(--muted); cursor: default; border-color: var(--line); }
  .quiet-button {
    flex: none; width: 28px; height: 28px; padding: 0; border-color: transparent; background: none; color: var(--muted);
  }
  .quiet-button:hover:not(:disabled) { color: var(--text); }
  a.quiet-button { display: inline-flex; align-items: center; justify-content: center; border-radius: 6px; }
  a.quiet-button:hover { background: var(--raised); }
`;
