// Copies a text to the clipboard and says so.
import { html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { copyIcon, doneIcon } from './icons.ts';
import { shared } from './shared-styles.ts';

const SAID_MS = 1500;

/** Fires `announce` with what happened, for those who listen. */
@customElement('copy-button')
export class CopyButton extends LitElement {
  static override styles = [shared];

  /** What is copied, when it is asked for. */
  @property({ attribute: false }) text: () => string = () => '';
  /** As in "Copy the span id". */
  @property({ attribute: false }) what = '';
  @property({ attribute: false }) icon = copyIcon;
  @state() private said: '' | 'Copied' | 'Not copied' = '';
  private timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback() {
    clearTimeout(this.timer);
    super.disconnectedCallback();
  }

  override render() {
    const label = `Copy ${this.what}`;
    return html`<button class="quiet-button" type="button" aria-label=${label}
      title=${this.said || label} @click=${this.copy}
      >${this.said === 'Copied' ? doneIcon : this.icon}</button>`;
  }

  private readonly copy = async (event: Event) => {
    event.stopPropagation();
    const done = await copyText(this.text());
    this.said = done ? 'Copied' : 'Not copied';
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.said = '';
    }, SAID_MS);
    const detail = done ? `Copied ${this.what}` : 'The browser did not allow copying';
    this.dispatchEvent(new CustomEvent('announce', { detail, bubbles: true, composed: true }));
  };
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** A page served over plain HTTP from another machine has no clipboard API. */
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.readOnly = true;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}
