// Styles of a trace's page: the details stand beside the waterfall, or below it where it is narrow.
import { css } from 'lit';

export const tracePageStyles = css`
  :host { display: flex; flex-direction: column; }
  trace-summary, trace-diagnosis, trace-toolbar, trace-minimap { flex: none; }
  .body { flex: 1; min-height: 0; display: flex; }
  trace-waterfall { flex: 1; min-width: 0; }
  span-details { flex: none; width: min(440px, 42%); border-left: 1px solid var(--line); }
  .banner button { height: 24px; margin-left: 8px; color: var(--text); }
  @media (max-width: 820px) {
    .body { flex-direction: column; }
    span-details { width: auto; height: 58%; border-left: 0; border-top: 1px solid var(--line); }
  }
`;
