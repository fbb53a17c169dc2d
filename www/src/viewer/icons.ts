// The viewer's few icons; each takes the colour of the text around it.
import { html, svg } from 'lit';

const icon = (content: unknown) => html`<svg class="icon" viewBox="0 0 16 16" width="14" height="14"
  fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"
  aria-hidden="true">${content}</svg>`;

export const copyIcon = icon(
  svg`<rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M10.5 5.5v-1a1.5 1.5 0 0 0-1.5-1.5H4a1.5 1.5 0 0 0-1.5 1.5v5A1.5 1.5 0 0 0 4 11h1.5"/>`,
);
export const doneIcon = icon(svg`<path d="m3 8.5 3.2 3.2L13 5"/>`);
export const linkIcon = icon(
  svg`<path d="M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2-2a2.6 2.6 0 0 0-3.7-3.7l-.8.8"/><path d="M9.2 6.8a2.6 2.6 0 0 0-3.7 0l-2 2a2.6 2.6 0 0 0 3.7 3.7l.8-.8"/>`,
);
export const filterIcon = icon(svg`<path d="M2.5 3.5h11L9.3 8.6v4.1l-2.6-1.4V8.6z"/>`);
export const closeIcon = icon(svg`<path d="m4 4 8 8M12 4l-8 8"/>`);
export const jsonIcon = icon(
  svg`<path d="M6 2.5c-2 0-2 .8-2 2v1.7c0 1-.5 1.8-1.5 1.8C3.5 8 4 8.8 4 9.8v1.7c0 1.2 0 2 2 2M10 2.5c2 0 2 .8 2 2v1.7c0 1 .5 1.8 1.5 1.8-1 0-1.5.8-1.5 1.8v1.7c0 1.2 0 2-2 2"/>`,
);
export const pauseIcon = icon(svg`<path d="M5.5 3.5v9M10.5 3.5v9"/>`);
export const playIcon = icon(svg`<path d="M5 3.5v9l7.5-4.5z"/>`);
export const foldIcon = icon(svg`<path d="m4.5 2.5 3.5 3.5 3.5-3.5M4.5 13.5 8 10l3.5 3.5"/>`);
export const unfoldIcon = icon(svg`<path d="M4.5 6 8 2.5 11.5 6M4.5 10 8 13.5 11.5 10"/>`);
export const chevronIcon = icon(svg`<path d="m6 4 4 4-4 4"/>`);

/** An octagon: an error is a shape too, not only a colour. */
export const errorMark = html`<svg class="error-mark" viewBox="0 0 16 16" width="13" height="13" role="img" aria-label="Error">
  <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor"/>
  <path d="M8 4.3v4.4M8 11.3v.2" stroke="var(--surface)" stroke-width="1.9" stroke-linecap="round"/>
</svg>`;
