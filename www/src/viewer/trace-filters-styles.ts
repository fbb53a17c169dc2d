// Styles of the filter bar: one line where there is room, a button that unfolds it where there is none.
import { css } from 'lit';

export const filterStyles = css`
  form, .others, .pair { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
  .pair { flex-wrap: nowrap; gap: 4px; color: var(--muted); }
  .others { flex: 0 1 auto; }
  input[type='search'] { flex: 1 1 220px; min-width: 0; }
  select { min-width: 0; max-width: 180px; }
  input[type='number'] { width: 72px; appearance: textfield; }
  input::-webkit-inner-spin-button { display: none; }
  input[type='datetime-local'] { width: 252px; }
  .attribute { width: 160px; }
  .attribute:not(:placeholder-shown) { font-family: var(--mono); font-size: 12px; }
  .unfold { display: none; }
  ul { display: flex; flex-wrap: wrap; gap: 6px; flex-basis: 100%; margin: 0; padding: 0; list-style: none; }
  li {
    display: flex; align-items: center; max-width: 100%; padding-left: 10px; border-radius: 6px;
    background: var(--accent-soft);
  }
  li span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  @media (max-width: 820px) {
    form { align-items: stretch; }
    .unfold { display: inline-flex; }
    .others { display: none; flex-basis: 100%; }
    .open .others { display: grid; grid-template-columns: 1fr 1fr; }
    .others > * { width: 100%; max-width: none; }
    .pair input { flex: 1; width: 0; min-width: 0; }
    .pair:has([type='datetime-local']) { grid-column: 1 / 3; }
    .attribute { width: 100%; }
  }
  @media (max-width: 560px) {
    .pair:has([type='datetime-local']) { display: grid; grid-template-columns: 1fr; justify-items: stretch; }
    .pair:has([type='datetime-local']) input { width: 100%; }
    .pair:has([type='datetime-local']) .to { display: none; }
  }
`;
