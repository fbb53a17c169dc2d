// Follows the collector's /api/tail for a component, while the page is looked at; connects again when the connection is lost.
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { TraceSummary } from './collector.ts';

/** `paused`: by the user, by a hidden page, or because nobody asked yet. */
export type TailState = 'paused' | 'connecting' | 'live' | 'lost';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10_000;

export interface Follower {
  /** A trace was stored or grew. */
  told(trace: TraceSummary): void;
  /** The connection stands, or the collector told not all; what was missed must be fetched. */
  connected(): void;
  /** It is lost; called again each time that connecting fails. */
  disconnected(): void;
}

export class Tail implements ReactiveController {
  state: TailState = 'paused';
  private wanted = false;
  private source: EventSource | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private wait = FIRST_RETRY_MS;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly follower: Follower,
  ) {
    host.addController(this);
  }

  /** Whether to follow. A hidden page does not: browsers allow few connections, and tabs share them. */
  follow(wanted: boolean) {
    if (this.wanted === wanted) return;
    this.wanted = wanted;
    this.adapt();
  }

  hostConnected() {
    document.addEventListener('visibilitychange', this.adapt);
    this.adapt();
  }

  hostDisconnected() {
    document.removeEventListener('visibilitychange', this.adapt);
    this.close();
  }

  private readonly adapt = () => {
    const follow = this.wanted && document.visibilityState === 'visible';
    if (follow && !this.source && this.retry === undefined) this.open();
    if (!follow) this.close();
  };

  private open() {
    this.retry = undefined;
    if (this.state !== 'lost') this.become('connecting');
    const source = new EventSource('api/tail');
    this.source = source;
    source.onopen = () => {
      this.wait = FIRST_RETRY_MS;
      this.become('live');
      this.follower.connected();
    };
    source.addEventListener('trace', (event) => {
      try {
        this.follower.told(JSON.parse(event.data));
      } catch {
        // What is no JSON is not for this version of the viewer.
      }
    });
    source.addEventListener('missed', () => this.follower.connected());
    source.onerror = () => {
      // Browsers differ in whether and when they try again themselves.
      source.close();
      this.source = undefined;
      this.become('lost');
      this.follower.disconnected();
      this.retry = setTimeout(() => this.open(), this.wait);
      this.wait = Math.min(LAST_RETRY_MS, this.wait * 2);
    };
  }

  private close() {
    clearTimeout(this.retry);
    this.retry = undefined;
    this.source?.close();
    this.source = undefined;
    this.become('paused');
  }

  private become(state: TailState) {
    if (this.state === state) return;
    this.state = state;
    this.host.requestUpdate();
  }
}
