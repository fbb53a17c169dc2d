// lit, or any element with a shadow root: what changes in there no observer outside sees, so its own hook says it.
import { html, LitElement } from 'lit';
import { activeSpan, traceMessage, traceUpdate } from 'tracelink';

export class OrderRow extends LitElement {
  static properties = { order: { attribute: false } };

  /** What the page calls with each message. */
  receive(message) {
    const handle = () => {
      this.order = { ...message, span: activeSpan() };
    };
    traceMessage(message, handle, { destination: 'orders', update: false });
  }

  render() {
    return html`<p>${this.order?.state}</p>`;
  }

  updated() {
    if (this.order) traceUpdate('ui.update order', { parent: this.order.span }, () => {});
  }
}
