// Lists in React, Vue, lit and plain timers: each shows what a message brings, in the way its framework commits.
import { html, LitElement } from 'lit';
import { startTransition, useState } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { createApp, h, ref } from 'vue';

/** Longer than React works before it lets the browser draw. */
const SLICE_MS = 6;
const SLICES = 6;

/** How many tasks have worked at the slices: a task has ended when its microtasks run. */
export const work = { tasks: 0, within: false };

const place = () => document.body.appendChild(document.createElement('div'));

function Slice() {
  if (!work.within) {
    work.within = true;
    work.tasks += 1;
    queueMicrotask(() => {
      work.within = false;
    });
  }
  const end = performance.now() + SLICE_MS;
  while (performance.now() < end);
  return null;
}

let setText;
function List() {
  const [text, set] = useState('');
  setText = set;
  return (
    <p>
      {text}
      {text.startsWith('sliced') &&
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        Array.from({ length: SLICES }, (_, at) => <Slice key={at} />)}
    </p>
  );
}

class Light extends LitElement {
  static properties = { text: {} };
  createRenderRoot() {
    return this;
  }
  render() {
    return html`<p>${this.text}</p>`;
  }
}
class Shadow extends LitElement {
  static properties = { text: {} };
  render() {
    return html`<p>${this.text}</p>`;
  }
}

/** Handlers by the way they show a text; each is called with it. Waits until all are on screen. */
export async function mount() {
  flushSync(() => createRoot(place()).render(<List />));
  const vue = ref('');
  createApp({ render: () => h('p', vue.value) }).mount(place());
  customElements.define('light-list', Light);
  customElements.define('shadow-list', Shadow);
  const [light, shadow] = ['light-list', 'shadow-list'].map((name) =>
    place().appendChild(document.createElement(name)),
  );
  await Promise.all([light.updateComplete, shadow.updateComplete]);
  const timers = place();
  return {
    'react, flushSync': (text) => flushSync(() => setText(text)),
    'react, by itself': (text) => setText(text),
    'react, a transition in slices': (text) => startTransition(() => setText(`sliced ${text}`)),
    'vue, the next tick': (text) => {
      vue.value = text;
    },
    'lit, without a shadow root': (text) => {
      light.text = text;
    },
    'lit, with a shadow root': (text) => {
      shadow.text = text;
    },
    'timers, a part at a time': (text) => {
      const add = (left) => {
        timers.append(text, document.createElement('br'));
        if (left) setTimeout(add, 1, left - 1);
      };
      setTimeout(add, 0, 3);
    },
  };
}
