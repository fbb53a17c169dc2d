// Styles of a span's details.
import { css } from 'lit';

export const detailsStyles = css`
  :host { display: block; overflow: hidden auto; background: var(--surface); overscroll-behavior: contain; }
  header {
    position: sticky; top: 0; z-index: 1; display: flex; align-items: start; padding: 10px 8px 8px 16px;
    background: var(--surface); border-bottom: 1px solid var(--line);
  }
  header div { flex: 1; min-width: 0; margin-right: 8px; }
  h2 {
    margin: 0; font-size: 14px; font-weight: 600; line-height: 1.35; overflow-wrap: anywhere; unicode-bidi: isolate;
    display: -webkit-box; -webkit-line-clamp: 4; -webkit-box-orient: vertical; overflow: hidden;
  }
  header p { margin: 2px 0 0; color: var(--muted); display: flex; align-items: center; gap: 6px; min-width: 0; }
  .service { overflow: hidden; text-overflow: ellipsis; unicode-bidi: isolate; overflow-wrap: anywhere; }
  header .service { white-space: nowrap; }
  .kind { flex: none; }
  section { padding: 10px 16px 12px; border-bottom: 1px solid var(--line-soft); }
  h3 { margin: 0 0 6px; font-size: 12px; font-weight: 600; color: var(--muted); }
  h3 .number { font-weight: 400; }
  dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 16px; margin: 0; }
  dt { color: var(--muted); }
  dd { margin: 0; overflow-wrap: anywhere; }
  dt, dd { font-size: 12px; line-height: 20px; }
  dd copy-button { display: inline-block; height: 20px; vertical-align: top; margin: -4px 0 -4px; }
  .message {
    display: flex; gap: 8px; margin: 0 0 8px; padding: 7px 10px; border-radius: 6px; background: var(--warning-soft);
    color: var(--warning); overflow-wrap: anywhere; white-space: pre-wrap;
  }
  .message.error { background: var(--error-soft); color: var(--error); }
  .message.error .error-mark { margin-top: 3px; }
  .message.error span { min-width: 0; }
  ul { margin: 0; padding: 0; list-style: none; }
  li { padding: 2px 0 4px; }
  li + li { border-top: 1px solid var(--line-soft); padding-top: 6px; }
  li p { margin: 0; display: flex; gap: 12px; justify-content: space-between; }
  .what { overflow-wrap: anywhere; unicode-bidi: isolate; min-width: 0; }
  .scope { margin: 0; overflow-wrap: anywhere; }
`;
