// The keys, shown by `?`.
import { css, html, LitElement } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { closeIcon } from './icons.ts';
import { shared } from './shared-styles.ts';
import { LIST_KEYS, TRACE_KEYS } from './waterfall-keys.ts';

@customElement('keys-help')
export class KeysHelp extends LitElement {
  static override styles = [
    shared,
    css`
      dialog {
        width: min(460px, calc(100vw - 24px)); max-height: calc(100vh - 24px); padding: 0; overflow: auto; color: var(--text);
        background: var(--surface); border: 1px solid var(--line-strong); border-radius: 10px; box-shadow: var(--shadow);
      }
      dialog::backdrop { background: rgb(10 15 25 / 40%); }
      .head { display: flex; align-items: center; justify-content: space-between; padding: 10px 10px 6px 20px; }
      h2 { margin: 0; font-size: 15px; font-weight: 600; }
      dl { display: grid; grid-template-columns: max-content 1fr; gap: 8px 20px; margin: 0; padding: 8px 20px 20px; }
      dt { display: flex; align-items: start; gap: 4px; justify-content: flex-end; flex-wrap: wrap; max-width: 150px; }
      dd { margin: 0; line-height: 20px; }
      kbd {
        min-width: 20px; padding: 0 5px; border: 1px solid var(--line-strong); border-radius: 4px; text-align: center;
        font: 11px/18px var(--mono); background: var(--page);
      }
    `,
  ];

  @property({ attribute: false }) page: 'list' | 'trace' = 'list';
  @query('dialog') private dialog!: HTMLDialogElement;

  show() {
    if (!this.dialog.open) this.dialog.showModal();
  }

  override render() {
    const keys = this.page === 'trace' ? TRACE_KEYS : LIST_KEYS;
    return html`<dialog aria-labelledby="title" @keydown=${(event: Event) => event.stopPropagation()}
      @click=${this.outside}>
      <div class="head">
        <h2 id="title">Keys</h2>
        <button class="quiet-button" aria-label="Close" @click=${this.close}>${closeIcon}</button>
      </div>
      <dl>
        ${keys.map(
          ([names, does]) =>
            html`<dt>${names.map((name) => html`<kbd>${name}</kbd>`)}</dt><dd>${does}</dd>`,
        )}
      </dl>
    </dialog>`;
  }

  private readonly close = () => this.dialog.close();

  private readonly outside = (event: Event) => {
    if (event.target === this.dialog) this.dialog.close();
  };
}
