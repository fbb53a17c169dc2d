// The build on screen. Like the list it lives in the page's own tree, so that its changes are seen as ui.update.
import { html, nothing, render } from 'lit';
import { type BuildSession, type BuildUpdate, newestSession, stepState, summary } from './build.ts';

/** A running build that says nothing for so long may have lost its end. */
const SILENCE_MS = 10_000;

const STATE_TEXT = {
  pending: 'waits',
  running: 'runs',
  done: 'done',
  lost: 'reported no end',
};

export class BuildPanel {
  private session: BuildSession | undefined;
  /** The trace that began with a click on this page; else the session names its own. */
  private readonly clickTraces = new Map<string, string>();
  private silence: ReturnType<typeof setTimeout> | undefined;
  private updates = 0;

  constructor(
    private readonly root: HTMLElement,
    private readonly traceUrl: (traceId: string) => string | undefined,
  ) {}

  apply(updates: BuildUpdate[]) {
    this.updates += 1;
    const newest = newestSession(this.session, updates);
    if (newest) this.show(newest);
  }

  /** Shows what `load` gives, unless an update, which is newer, arrives meanwhile. */
  async reset(load: Promise<BuildSession | null>) {
    const before = this.updates;
    const session = await load;
    if (session && this.updates === before) this.show(session);
  }

  startedHere(buildId: string, traceId: string) {
    this.clickTraces.set(buildId, traceId);
    if (this.session) this.show(this.session);
  }

  private show(session: BuildSession) {
    this.session = session;
    clearTimeout(this.silence);
    if (session.status === 'running') {
      this.silence = setTimeout(() => this.render(session, true), SILENCE_MS);
    }
    this.render(session, false);
  }

  private render(session: BuildSession, silent: boolean) {
    const traceId = this.clickTraces.get(session.id) ?? session.traceId;
    const url = this.traceUrl(traceId);
    render(
      html`
        <ol class="steps rows">
          ${session.todos.map((step) => {
            const state = stepState(session, step);
            return html`<li class=${state}>
              <span class="mark" role="img" aria-label=${STATE_TEXT[state]}></span>
              <span class="step-title">${step.title}</span>
              ${
                state === 'lost'
                  ? html`<span class="step-note">${STATE_TEXT.lost}</span>`
                  : html`<code>${step.command ?? ''}</code>`
              }
            </li>`;
          })}
        </ol>
        <p class="build-summary ${session.status}" role="status">
          <span>${summary(session)}${silent ? `; no news for ${SILENCE_MS / 1000} s` : ''}</span>
          ${
            url
              ? html`<a id="build-trace" href=${url} target="_blank" rel="noopener">See its trace</a>`
              : nothing
          }
        </p>
      `,
      this.root,
    );
  }
}
