// What a server saw of the requests of each case, and waiting for it: by the token that a case puts in its URLs.

/** A request that nobody ends is reported as it is after this long. */
const PATIENCE_MS = 1000;
/** What a case waits for comes, however busy the machine is; a case that waits in vain then fails. */
const ARRIVAL_MS = 10_000;

export class Record {
  #requests = new Map();
  #waiting = new Set();
  #released = new Set();
  #bytes = new Map();

  /** What `/record` shows of a request; `kind` and what follows is filled in as it happens. */
  begin(token, entry) {
    const requests = this.#requests.get(token) ?? [];
    this.#requests.set(token, [...requests, entry]);
    this.changed();
    return entry;
  }

  of(token) {
    return this.#requests.get(token) ?? [];
  }

  changed() {
    for (const look of [...this.#waiting]) look();
  }

  /** Resolves when `holds()`, or says false after a while. */
  until(holds, patience = ARRIVAL_MS) {
    if (holds()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const done = (value) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(value);
      };
      const look = () => holds() && done(true);
      const timer = setTimeout(done, patience, false);
      this.#waiting.add(look);
    });
  }

  arrived(token, count) {
    return this.until(() => this.of(token).length >= count);
  }

  /** So many bytes more have come. */
  receive(token, bytes) {
    this.#bytes.set(token, (this.#bytes.get(token) ?? 0) + bytes);
    this.changed();
  }

  received(token, bytes) {
    return this.until(() => this.#bytes.get(token) >= bytes);
  }

  /** All requests of a case, once each has ended. */
  async complete(token) {
    await this.until(() => this.of(token).every(({ end }) => end), PATIENCE_MS);
    return this.of(token);
  }

  release(token) {
    this.#released.add(token);
    this.changed();
  }

  released(token) {
    return this.until(() => this.#released.has(token), 30_000);
  }

  forget(token) {
    this.#requests.delete(token);
    this.#released.delete(token);
    this.#bytes.delete(token);
  }
}
